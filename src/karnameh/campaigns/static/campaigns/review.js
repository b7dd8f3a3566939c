/* The review desk: every key answers at once. The neighbours of the open proposal are fetched beforehand,
   marks and words are kept as they are given, an acceptance goes on to the next one, and what the server says
   replaces what stands on the page. */
(() => {
  "use strict";
  const desk = document.querySelector("[data-judge]");
  if (!desk) return;
  const queue = desk.querySelector("[data-queue]");
  const many = desk.querySelector("[data-many]");
  const bar = document.querySelector("[data-bar]");
  const card = () => document.getElementById("card");
  const phone = window.matchMedia("(max-width:60rem)");
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const rows = () => [...queue.children];
  const current = () => queue.querySelector(".is-chosen");
  const row = (pk) => document.getElementById(`p${pk}`);
  const fetched = new Map(); // cards that were fetched beforehand, by proposal
  let last = null; // the proposal that was decided last: “u” opens it again
  let criterion = 0;
  let writing = 0; // words that are not kept yet: a timer
  const LONG_AGO = -1000;
  let arrived = LONG_AGO; // when the page went on by itself

  /* --- what the server says ---------------------------------------------------------------- */
  const toast = (text, tone) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
  const tray = () => document.getElementById("toasts")?.dataset ?? {};
  const send = async (url, values) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    return { html: await answer.text(), refused: answer.status === 422 };
  };
  const get = (url) =>
    fetch(url, { headers: { "HX-Request": "true" } }).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    });
  const failed = (trouble) => toast(trouble instanceof TypeError ? tray().offline : tray().failed, "bad");
  // Every element of the answer that names itself replaces the one on the page; who is further already keeps his card.
  const take = (html, further = false) => {
    const page = document.createElement("template");
    page.innerHTML = html;
    let opened = null;
    for (const fresh of page.content.querySelectorAll("[data-oob]")) {
      const old = document.getElementById(fresh.id);
      if (fresh.id === "card") {
        if (further) continue;
        opened = fresh.dataset.opened;
        if (!("kept" in fresh.dataset)) put(fresh.innerHTML, opened);
        else if (fetched.get(opened)) put(fetched.get(opened), opened);
        else open(row(opened));
      } else if (old) {
        fresh.removeAttribute("data-oob");
        if (old.classList.contains("is-chosen")) fresh.classList.add("is-chosen");
        old.replaceWith(fresh);
      }
    }
    return opened;
  };
  const heard = ({ html }) => take(html);

  /* --- one proposal is open ----------------------------------------------------------------- */
  const choose = (pk) => {
    const wanted = row(pk);
    for (const one of queue.querySelectorAll(".is-chosen")) {
      one.classList.remove("is-chosen");
      one.querySelector("[aria-current]")?.removeAttribute("aria-current");
    }
    if (!wanted) return;
    wanted.classList.add("is-chosen");
    wanted.querySelector(".queue-link").setAttribute("aria-current", "true");
    const side = queue.closest(".judge-side");
    const top = wanted.offsetTop - queue.offsetTop;
    if (side.scrollHeight > side.clientHeight) side.scrollTop = Math.max(0, top - side.clientHeight / 3);
    const address = new URL(window.location.href);
    address.searchParams.set("p", pk);
    history.replaceState(null, "", address);
  };
  const put = (html, pk) => {
    if (writing) keep();
    const here = card();
    here.innerHTML = html;
    if (pk) fetched.set(pk, html); // the way back is as short
    here.scrollTop = 0;
    choose(pk);
    criterion = Math.max(0, [...here.querySelectorAll("[data-criterion]")].findIndex((one) => !one.hasAttribute("data-marked")));
    light();
    if (phone.matches) here.scrollIntoView({ block: "start" });
    beforehand();
  };
  const open = (wanted) => {
    if (!wanted) return;
    const pk = wanted.dataset.pk;
    arrived = LONG_AGO;
    if (fetched.has(pk)) return put(fetched.get(pk), pk);
    choose(pk);
    get(wanted.dataset.url).then((html) => {
      fetched.set(pk, html);
      if (current()?.dataset.pk === pk) put(html, pk);
    }, failed);
  };
  const beforehand = () => {
    const at = rows().indexOf(current());
    for (const one of [rows()[at + 1], rows()[at - 1], rows()[at + 2]])
      if (one && !fetched.has(one.dataset.pk)) {
        const pk = one.dataset.pk;
        fetched.set(pk, "");
        // What was forgotten meanwhile has changed.
        get(one.dataset.url).then((html) => fetched.get(pk) === "" && fetched.set(pk, html), () => fetched.delete(pk));
      }
    for (const [pk, html] of fetched) if (html === "") setTimeout(() => fetched.get(pk) === "" && fetched.delete(pk), 4000);
  };
  const step = (by) => {
    const all = rows();
    const wanted = all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))];
    if (fetched.get(wanted?.dataset.pk) === "") fetched.delete(wanted.dataset.pk);
    open(wanted);
  };

  /* --- marks ----------------------------------------------------------------------------------- */
  const criteria = () => [...card().querySelectorAll("[data-criterion]")];
  const light = () => criteria().forEach((one, at) => one.classList.toggle("is-here", at === criterion));
  const mark = (which, value) => {
    const all = criteria();
    const field = all.find((one) => one.dataset.criterion === which);
    const url = card().querySelector("[data-proposal]").dataset.url;
    const pk = card().querySelector("[data-proposal]").dataset.proposal;
    for (const each of field.querySelectorAll(".step")) each.setAttribute("aria-pressed", String(each.value === String(value)));
    field.setAttribute("data-marked", "");
    criterion = Math.min(all.length - 1, all.indexOf(field) + 1);
    light();
    fetched.delete(pk);
    queued(() => send(url, { do: "mark", [which]: value }).then(heard));
  };
  // One after the other, so that the last mark is the one that stays.
  let work = Promise.resolve();
  const queued = (deed) => {
    work = work.then(deed).catch(failed);
    return work;
  };
  desk.addEventListener("click", (event) => {
    const step = event.target.closest(".step");
    if (!step) return;
    event.preventDefault();
    mark(step.name, step.value);
  });

  /* --- words are kept while they are written ---------------------------------------------------- */
  const keep = () => {
    clearTimeout(writing);
    writing = 0;
    const note = card().querySelector("details[open] textarea[name=note]");
    const proposal = card().querySelector("[data-proposal]");
    if (!note || !proposal) return;
    const { url, proposal: pk } = proposal.dataset;
    const words = note.value;
    fetched.delete(pk);
    queued(() => send(url, { do: "keep", note: words }).then(heard));
  };
  desk.addEventListener("input", (event) => {
    if (event.target.name !== "note" || !card().contains(event.target)) return;
    clearTimeout(writing);
    writing = setTimeout(keep, 700);
  });

  /* --- decisions ----------------------------------------------------------------------------------- */
  // The next one that waits, in the order that is shown.
  const following = (pk) => {
    const all = rows();
    const at = all.indexOf(row(pk));
    const waiting = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))].filter((one) => one.hasAttribute("data-pending"));
    return (waiting.find((one) => !one.hasAttribute("data-judged")) ?? waiting[0])?.dataset.pk ?? "";
  };
  // What is accepted goes at once when the next one is here already: its reader does not wait for the server.
  // A refusal, or a network that is gone, brings it back.
  const goOn = (pk, next) => {
    const left = card().innerHTML;
    row(pk).removeAttribute("data-pending");
    row(pk).classList.add("is-sending");
    put(fetched.get(next), next);
    arrived = performance.now();
    return left;
  };
  // A key that was pressed twice, or a double click, does not accept what nobody can have read.
  const tooSoon = () => performance.now() - arrived < 400;
  const comeBack = (pk, left) => {
    row(pk).setAttribute("data-pending", "");
    row(pk).classList.remove("is-sending");
    put(left, pk);
    arrived = performance.now();
  };
  const decide = (form, button) => {
    clearTimeout(writing);
    writing = 0;
    const url = form.action;
    const values = Object.fromEntries(new FormData(form));
    values.do = button?.value ?? form.querySelector("[name=do]").value;
    const pk = card().querySelector("[data-proposal]").dataset.proposal;
    if (values.do !== "back") last = pk;
    values.next = following(pk);
    forget(pk);
    if (fetched.get(values.next)) values.have = values.next;
    const ahead = values.do === "accept" && Boolean(values.have) && values.next !== pk;
    const left = ahead ? goOn(pk, values.next) : "";
    queued(() => send(url, values).then(({ html, refused }) => {
      forget(pk);
      take(html, ahead && !refused);
      measure();
    }, (trouble) => {
      if (ahead) comeBack(pk, left);
      throw trouble;
    }));
  };
  // A card that was fetched beforehand stays, unless it is this one or names it as its twin.
  const forget = (pk) => {
    for (const [other, html] of fetched) if (other === pk || html === "" || html.includes(`b=${pk}"`)) fetched.delete(other);
  };
  // The rules as they stand now are asked for after the answer to the key: once for several quick decisions.
  let measuring = 0;
  const measure = () => {
    const mine = ++measuring;
    const newest = (deed) => (answer) => mine === measuring && deed(answer);
    setTimeout(newest(() => get(desk.dataset.meters).then(newest(take), newest(failed))), 150);
  };
  desk.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-decide]");
    if (!form) return;
    event.preventDefault();
    if (form.dataset.decide !== "accept" || !tooSoon()) decide(form, event.submitter);
  });
  const unfold = (name) => {
    const box = card().querySelector(`[data-box=${name}]`);
    if (!box) return;
    box.open = true;
    box.querySelector("textarea,input:not([type=hidden])").focus();
  };
  const deeds = {
    accept: () => {
      const form = card().querySelector("[data-decide=accept]");
      if (form && !tooSoon()) decide(form);
    },
    return: () => unfold("return"),
    decline: () => unfold("decline"),
    twin: () => card().querySelector("[data-twin]")?.click(),
    back: () => {
      const form = card().querySelector("[data-decide=back]");
      if (form) return decide(form);
      const before = last && row(last);
      if (!before) return;
      forget(before.dataset.pk);
      queued(() => send(before.dataset.url, { do: "back" }).then(heard).then(measure));
    },
    mine: () => {
      const all = rows();
      const at = all.indexOf(current());
      const wanted = [...all.slice(at + 1), ...all.slice(0, at)].find((one) => one.hasAttribute("data-pending") && !one.hasAttribute("data-judged"));
      if (wanted) open(wanted);
    },
    mark: () => {
      const box = current()?.querySelector("[name=chosen]");
      if (box && !box.disabled) {
        box.checked = !box.checked;
        counted();
      }
    },
  };
  bar?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.go) step(button.dataset.go === "next" ? 1 : -1);
    if (button?.dataset.do) deeds[button.dataset.do]();
  });
  queue.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest(".queue-link");
    if (!link) return;
    event.preventDefault();
    open(link.closest(".queue-row"));
  });

  /* --- several at once ------------------------------------------------------------------------------ */
  const counted = () => {
    const number = queue.querySelectorAll("[name=chosen]:checked").length;
    many.classList.toggle("has-marked", number > 0);
    const shown = String(number);
    many.querySelector("[data-many-count]").textContent =
      document.documentElement.dataset.digits === "latin" ? shown : shown.replace(/\d/g, (d) => String.fromCharCode(0x6f0 + +d));
  };
  queue.addEventListener("change", counted);
  counted();

  /* --- keys: also with a Persian keyboard, whose letters stand where the Latin ones do ----------------- */
  const LETTERS = { ت: "j", ن: "k", ش: "a", ق: "r", ی: "d", ي: "d", م: "m", ع: "u", د: "n", ط: "x", ز: "c", ژ: "c", ب: "f" };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && desk.contains(event.target)) {
      event.target.closest("details")?.removeAttribute("open");
      card().querySelector("[data-title]")?.focus({ preventScroll: true });
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return void event.target.closest?.("[data-decide]")?.querySelector("[name=do]")?.click();
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input,textarea,select,dialog[open]")) return;
    const digit = "0123401234".indexOf(event.key) >= 0 && event.key.length === 1 ? event.key : { "۰": "0", "۱": "1", "۲": "2", "۳": "3", "۴": "4" }[event.key];
    if (digit !== undefined) {
      const field = criteria()[criterion];
      if (field) mark(field.dataset.criterion, digit);
      return void event.preventDefault();
    }
    if (event.key === "Backspace" && criterion > 0) {
      criterion -= 1;
      return light();
    }
    const key = LETTERS[event.key] ?? (event.key.length === 1 && event.key > "~" && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "");
    const button = key && document.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    if (event.repeat && button.dataset.do) return;
    if (button.matches("input")) button.focus();
    else button.click();
  });

  if (current()) fetched.set(current().dataset.pk, card().innerHTML);
  criterion = Math.max(0, criteria().findIndex((one) => !one.hasAttribute("data-marked")));
  light();
  beforehand();
})();
