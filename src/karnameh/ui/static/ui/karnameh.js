/* Karnameh: small helps on top of pages that work without them. */
(() => {
  "use strict";
  const root = document.documentElement;
  const persian = root.lang.startsWith("fa");
  root.classList.add("js");

  /* --- numbers ------------------------------------------------------------------------- */
  // The digits of a whole number, or null: what could be read in two ways is left as it was typed.
  const GROUPED = /^\d{1,3}([٬،,' \u00a0])\d{3}(?:\1\d{3})*$/;
  const plain = (text) => {
    const latin = text
      .trim()
      .replace(/[۰-۹]/g, (d) => d.charCodeAt(0) - 0x6f0)
      .replace(/[٠-٩]/g, (d) => d.charCodeAt(0) - 0x660);
    const bare = GROUPED.test(latin) ? latin.replace(/[^\d]/g, "") : latin;
    return /^\d{1,15}$/.test(bare) ? bare : null;
  };
  const shown = (text) =>
    root.dataset.digits === "latin" ? text : text.replace(/[0-9]/g, (d) => String.fromCharCode(0x6f0 + +d));
  const FA = [
    "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده".split(" "),
    "- - بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split(" "),
    "- صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split(" "),
    [[1e9, "میلیارد"], [1e6, "میلیون"], [1e3, "هزار"]],
  ];
  const EN = [
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" "),
    "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" "),
    null,
    [[1e9, "billion"], [1e6, "million"], [1e3, "thousand"], [100, "hundred"]],
  ];
  const words = (n) => {
    const [ones, tens, hundreds, scales] = persian ? FA : EN;
    const and = persian ? " و " : " ";
    for (const [scale, name] of scales) {
      if (n < scale) continue;
      const high = Math.floor(n / scale);
      const head = persian && scale === 1e3 && high === 1 ? name : `${words(high)} ${name}`;
      return n % scale ? head + and + words(n % scale) : head;
    }
    if (n >= 100) return n % 100 ? hundreds[Math.floor(n / 100)] + and + words(n % 100) : hundreds[n / 100];
    if (n < 20) return ones[n];
    return n % 10 ? tens[Math.floor(n / 10)] + (persian ? and : "-") + ones[n % 10] : tens[n / 10];
  };
  const echo = (input) => {
    const line = document.querySelector(`[data-echo-of="${CSS.escape(input.id)}"]`);
    if (!line || input.dataset.echo) return;
    const whole = plain(input.value);
    const unit = input.parentElement.querySelector(".unit")?.textContent ?? "";
    line.textContent = whole ? `${words(Number(whole))} ${unit}`.trim() : "";
  };
  const group = (input) => {
    const whole = plain(input.value);
    if (!whole) return;
    input.value = shown(whole).replace(/(?!^)(?=(.{3})+$)/g, root.dataset.digits === "latin" ? "," : "٬");
  };

  /* --- toasts, confirmation ------------------------------------------------------------- */
  const tray = () => document.getElementById("toasts");
  const toast = (text, tone = "") => {
    const home = tray();
    if (!home || !text) return;
    const line = document.createElement("p");
    line.className = `toast ${tone && `toast-${tone}`}`;
    line.textContent = text;
    home.append(line);
    setTimeout(() => line.remove(), 6000);
  };
  const ask = (text) =>
    new Promise((answer) => {
      const dialog = document.getElementById("confirm");
      if (!dialog) return answer(window.confirm(text));
      dialog.querySelector("[data-confirm-text]").textContent = text;
      dialog.returnValue = "";
      dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
      dialog.showModal();
    });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const text = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!text || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(text))) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
  });

  /* --- clicks --------------------------------------------------------------------------- */
  document.addEventListener("click", (event) => {
    const at = (query) => event.target.closest?.(query);
    const copy = at("[data-copy]");
    if (copy) {
      const from = document.querySelector(copy.dataset.copy);
      navigator.clipboard?.writeText(from ? from.value ?? from.textContent.trim() : copy.dataset.copy).then(() => toast(tray()?.dataset.copied, "good"));
    }
    if (at("[data-print]")) window.print();
    if (at("[data-keys]")) document.getElementById("keys")?.showModal();
    const closing = at("[data-close]")?.closest("dialog,[data-closable]");
    if (closing) closing.matches("dialog") ? closing.close() : closing.remove();
    const opener = at("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    document.querySelectorAll("details.menu[open]").forEach((menu) => menu.contains(event.target) || (menu.open = false));
    const theme = at("[data-theme-form] button");
    if (theme) {
      event.preventDefault();
      const value = theme.value;
      if (value === "auto") delete root.dataset.theme;
      else root.dataset.theme = value;
      theme.form.querySelectorAll("button").forEach((each) => each.setAttribute("aria-pressed", each === theme));
      const sent = new FormData(theme.form);
      sent.set("theme", value);
      fetch(theme.form.action, { method: "POST", body: sent, redirect: "manual" }).catch(() => toast(tray()?.dataset.offline, "bad"));
    }
  });

  /* --- keyboard ------------------------------------------------------------------------- */
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input,textarea,select,[contenteditable],dialog[open]")) return;
    if (event.key === "?" || event.key === "؟") return void document.getElementById("keys")?.showModal();
    const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key && each.getClientRects().length);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input,textarea,select")) found.focus();
    else found.click();
  });
  const listKeys = () => {
    const list = document.querySelector("#keys .keys");
    document.querySelectorAll("[data-key][data-key-says]").forEach((each) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      const says = document.createElement("dd");
      key.textContent = each.dataset.key;
      says.textContent = each.dataset.keySays;
      term.append(key);
      row.append(term, says);
      list?.append(row);
    });
  };

  /* --- filters, files, long tables ------------------------------------------------------- */
  let waiting;
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-auto]");
    if (form && event.target.type !== "search" && event.target.type !== "text") form.requestSubmit();
    const drop = event.target.closest?.("[data-drop]");
    if (drop && event.target.type === "file") name(drop, event.target);
    if (event.target.matches?.("[data-number]")) group(event.target);
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-number]")) echo(event.target);
    const form = event.target.closest?.("form[data-auto]");
    if (form && (event.target.type === "search" || event.target.type === "text")) {
      clearTimeout(waiting);
      waiting = setTimeout(() => form.requestSubmit(), 500);
    }
  });
  const name = (drop, input) => {
    drop.classList.toggle("drop-full", input.files.length > 0);
    drop.querySelector("span").textContent = [...input.files].map((file) => file.name).join("، ");
  };
  for (const kind of ["dragover", "dragleave", "drop"])
    document.addEventListener(kind, (event) => {
      const drop = event.target.closest?.("[data-drop]");
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle("drop-over", kind === "dragover");
      const input = drop.querySelector("input[type=file]");
      if (kind === "drop" && input) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });

  /* --- htmx ------------------------------------------------------------------------------ */
  document.addEventListener("htmx:responseError", () => toast(tray()?.dataset.failed, "bad"));
  document.addEventListener("htmx:sendError", () => toast(tray()?.dataset.offline, "bad"));
  document.addEventListener("toast", (event) => toast(event.detail?.value ?? event.detail?.text, event.detail?.tone));

  const start = (within) => {
    within.querySelectorAll("[data-number]").forEach((input) => {
      if (input.dataset.echo && window.htmx) {
        const line = document.querySelector(`[data-echo-of="${CSS.escape(input.id)}"]`);
        if (line && !input.hasAttribute("hx-get")) {
          input.setAttribute("hx-get", input.dataset.echo);
          input.setAttribute("hx-trigger", "input changed delay:300ms, load");
          input.setAttribute("hx-target", `[data-echo-of="${CSS.escape(input.id)}"]`);
          window.htmx.process(input);
        }
      }
      group(input);
      echo(input);
    });
    within.querySelectorAll("[data-closable]:not(:has([data-close]))").forEach((each) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "close";
      button.dataset.close = "";
      button.setAttribute("aria-label", tray()?.dataset.close ?? "×");
      each.append(button);
    });
    within.querySelector("[data-focus]")?.focus();
  };
  const showToday = () =>
    document.querySelectorAll(".strip-today").forEach((day) => {
      const strip = day.parentElement;
      const [a, b] = [day.getBoundingClientRect(), strip.getBoundingClientRect()];
      if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft += a.left + a.width / 2 - b.left - b.width / 2;
    });
  const ready = () => { start(document); listKeys(); showToday(); };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
  document.addEventListener("htmx:afterSwap", (event) => start(event.target));
})();
