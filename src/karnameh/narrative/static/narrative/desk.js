/* The reading desk: the keyboard, both sides together, words marked by hand. Without it everything is plain forms. */
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const [textSide, draftSide] = desk.querySelectorAll(".desk-side");
  const text = desk.querySelector("[data-text]");
  const bar = document.querySelector("[data-bar]");
  const phone = window.matchMedia("(max-width:48rem)");
  const wide = window.matchMedia("(min-width:64.01rem)");
  const cards = () => [...desk.querySelectorAll(".draft")];
  const current = () => desk.querySelector(".draft.is-chosen");
  const card = (start) => document.getElementById(`d${start}`);
  const mark = (start) => document.getElementById(`m${start}`);
  let last = null; // the draft that was decided last: “u” takes that back
  let busy = false;
  const wait = (on) => {
    busy = on;
    desk.setAttribute("aria-busy", String(on));
  };

  /* --- one draft is open ------------------------------------------------------------------ */
  const within = (side, element) => {
    if (!side || !element) return;
    const top = element.getBoundingClientRect().top - side.getBoundingClientRect().top + side.scrollTop;
    side.scrollTop = Math.max(0, top - side.clientHeight / 4);
  };
  const show = (focus) => {
    const opened = current();
    if (!opened) return;
    lead = null;
    const start = opened.dataset.start;
    if (wide.matches) {
      within(textSide, mark(start));
      within(draftSide, opened);
      // The desk fills the window: the line above it stays in sight.
      if (focus) window.scrollTo({ top: desk.getBoundingClientRect().top + window.scrollY - 5.25 * 16 });
    } else if (mark(start)) {
      mark(start).scrollIntoView({ block: phone.matches ? "start" : "center" });
      draftSide.scrollTop = 0;
    }
    draftSide.classList.remove("is-small");
    if (focus) opened.querySelector(".draft-head").focus({ preventScroll: true });
    history.replaceState(null, "", `?m=${start}`);
  };
  const open = (wanted) => {
    if (!wanted || busy) return;
    const opened = current();
    if (wanted === opened) return void (phone.matches ? draftSide.classList.toggle("is-small") : show(false));
    const address = new URL(wanted.dataset.url, window.location.href);
    if (opened) address.searchParams.set("close", opened.dataset.draft);
    ask("GET", address.pathname + address.search, wanted);
  };
  const ask = (method, address, source, values) => {
    wait(true);
    window.htmx.ajax(method, address, { source, target: source, swap: "none", values }).finally(() => settled(true));
  };
  // The new cards are in their places a moment after the answer.
  const settled = (focus) => setTimeout(() => {
    wait(false);
    show(focus);
  }, 40);
  const step = (by) => {
    const all = cards();
    const at = all.indexOf(current());
    open(all[Math.min(all.length - 1, Math.max(0, at + by))]);
  };

  /* --- decisions ----------------------------------------------------------------------------- */
  const press = (name) => current()?.querySelector(`[data-button=${name}]`)?.click();
  const unfold = (box, field) => {
    const details = current()?.querySelector(box);
    if (!details) return false;
    details.open = true;
    draftSide.classList.remove("is-small");
    details.querySelector(field)?.focus();
    return true;
  };
  const deeds = {
    confirm: () => press("confirm"),
    edit: () => unfold("[data-edit]", "select,input:not([type=hidden]):not([type=radio])") || press("reopen"),
    drop: () => press("drop"),
    ask: () => unfold("[data-ask-box]", "textarea"),
    reopen: () => {
      if (current()?.querySelector("[data-button=reopen]")) return press("reopen");
      const before = last && desk.querySelector(`[data-draft="${last}"]`);
      if (!before || busy) return;
      const token = desk.querySelector("[name=csrfmiddlewaretoken]")?.value;
      const opened = current();
      ask("POST", before.dataset.url, before, { do: "reopen", csrfmiddlewaretoken: token });
      if (opened && opened !== before) close(opened);
    },
  };
  const close = (opened) => {
    opened.classList.remove("is-chosen");
    opened.querySelector(".draft-body")?.remove();
    mark(opened.dataset.start)?.classList.remove("is-here");
  };
  bar?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.go) step(button.dataset.go === "next" ? 1 : -1);
    if (button?.dataset.do) deeds[button.dataset.do]();
  });
  desk.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const head = event.target.closest(".draft-head");
    const marked = event.target.closest("[data-mark]");
    if (!head && !marked) return;
    event.preventDefault();
    open(head ? head.closest(".draft") : card(marked.dataset.mark));
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("[data-form]") ?? event.detail.elt.closest?.("[data-form]");
    if (!form || event.detail.requestConfig?.verb !== "post") return; // a search inside of the card keeps its focus
    const sent = event.detail.requestConfig?.parameters;
    const what = sent?.get ? sent.get("do") : sent?.do;
    if (event.detail.successful && ["confirm", "drop", "ask"].includes(what)) last = event.detail.pathInfo.requestPath.split("/").at(-2);
    settled(event.detail.successful);
  });

  /* --- the keys of a Persian keyboard ------------------------------------------------------ */
  const LETTERS = { ت: "j", ن: "k", ز: "c", ث: "e", ی: "d", ي: "d", ش: "a", ع: "u", ح: "p" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input,textarea,select,dialog[open]")) return;
    const key = LETTERS[event.key];
    const button = key && document.querySelector(`[data-key="${key}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("keydown", (event) => {
    // Out of a field, back to the commands; and a long field is sent without the mouse.
    if (event.key === "Escape" && desk.contains(event.target)) current()?.querySelector(".draft-head").focus();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest?.("[data-form]")?.querySelector("[data-button]")?.click();
  });

  /* --- both sides together ------------------------------------------------------------------- */
  let lead = null;
  for (const side of [textSide, draftSide])
    for (const kind of ["wheel", "touchmove", "pointerdown"])
      side.addEventListener(kind, () => { lead = side; }, { passive: true });
  const follow = (from, to, items, twin) => {
    if (lead !== from || !wide.matches) return;
    const line = from.getBoundingClientRect().top + from.clientHeight / 3;
    let best = null;
    for (const item of items()) {
      const away = Math.abs(item.getBoundingClientRect().top - line);
      if (!best || away < best.away) best = { item, away };
    }
    const other = best && twin(best.item);
    if (!other) return;
    to.scrollTop += other.getBoundingClientRect().top - best.item.getBoundingClientRect().top;
  };
  let drawing = 0;
  const scrolled = (...given) => () => {
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(() => follow(...given));
  };
  textSide.addEventListener("scroll", scrolled(textSide, draftSide, () => desk.querySelectorAll("[data-mark]"), (one) => card(one.dataset.mark)), { passive: true });
  draftSide.addEventListener("scroll", scrolled(draftSide, textSide, cards, (one) => mark(one.dataset.start)), { passive: true });

  /* --- words that the reader passed over -------------------------------------------------------- */
  const adding = desk.querySelector("[data-add]");
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    if (!adding || !text || chosen.isCollapsed || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return;
    const range = chosen.getRangeAt(0);
    const said = range.toString();
    const words = said.trim();
    if (!words || words.length > 120) return;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const lost = said.length - said.trimStart().length;
    adding.elements.words.value = words;
    adding.elements.start.value = Array.from(before.toString()).length + lost; // counted in letters, as the server does
    adding.closest("details").open = true;
  });

  if (phone.matches && !window.location.search.includes("m=")) draftSide.classList.add("is-small");
  if (window.location.search.includes("m=") || !phone.matches) requestAnimationFrame(() => show(false));
})();
