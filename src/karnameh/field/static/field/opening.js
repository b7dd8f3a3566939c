/* The way in: signing in once, choosing a PIN, and the lock. */
import { button, choices, field, h, icon, note, say } from "./build.js";
import * as sending from "./sending.js";
import * as store from "./store.js";
import { grouped, latin } from "./words.js";

const root = document.documentElement;
const pinField = (label, help) => {
  const input = h("input", { type: "password", inputMode: "numeric", autocomplete: "off", className: "input-big ltr", maxLength: 8 });
  return [input, field(label, input, help)];
};

export const signIn = async (app, trouble = "") => {
  app.title(say("sign_in"));
  return [trouble ? note("warn", trouble) : null, h("div", { className: "app-done" }, icon("download"), h("p", { text: say("sign_in_once") })), h("div", { className: "app-stack" }, h("a", { className: "btn btn-main", href: root.dataset.login, text: say("sign_in") }))];
};

/* Begin on this phone, or, with `token`, come back after the site has forgotten it. */
export const enrol = async (app, offered) => {
  app.title(say("choose_pin"));
  let unit = offered.units[0]?.[0];
  const [first, firstBox] = pinField(say("pin"), say("pin_help"));
  const [second, secondBox] = pinField(say("pin_again"));
  const trouble = h("div", {});
  const start = async () => {
    const pin = latin(first.value).trim();
    if (!/^\d{4,8}$/.test(pin)) return trouble.replaceChildren(note("bad", say("pin_form")));
    if (store.easyPin(pin)) return trouble.replaceChildren(note("bad", say("pin_easy")));
    if (pin !== latin(second.value).trim()) return trouble.replaceChildren(note("bad", say("pins_differ")));
    const given = await register(offered, { unit, name: deviceName() }).catch(() => ({ error: "away", sentence: say("no_network") }));
    if (given.error) return trouble.replaceChildren(note("bad", given.sentence));
    if (!(await store.begin(pin, given))) return app.restart(); // another tab was faster
    await navigator.storage?.persist?.().catch(() => false);
    await app.opened();
  };
  return [h("p", { className: "lede", text: offered.office }), offered.units.length > 1 ? choices(say("which_unit"), offered.units.map(([pk, name]) => [String(pk), name, ""]), String(unit), (value) => { unit = Number(value); }) : null,
    firstBox, secondBox, trouble, h("div", { className: "app-foot" }, button(say("start"), start, "btn btn-main"))];
};
export const register = (offered, values) => {
  const body = new URLSearchParams(values);
  return sending.ask("enrol/", { method: "POST", body, headers: { "X-CSRFToken": offered.csrf } });
};
const deviceName = () => navigator.userAgentData?.platform ?? (/Android/.test(navigator.userAgent) ? "Android" : "");

export const lock = async (app) => {
  app.title(say("pin"));
  const [input, box] = pinField(say("pin"));
  const trouble = h("div", { "aria-live": "assertive" });
  const open = button(say("open"), () => attempt(), "btn btn-main");
  const attempt = async () => {
    const pin = latin(input.value).trim();
    if (open.disabled) return; // one try at a time
    if (!/^\d{4,8}$/.test(pin)) return trouble.replaceChildren(note("bad", say("pin_form"))); // no try is spent on it
    open.disabled = true;
    const said = await store.unlock(pin);
    open.disabled = false;
    if (said.ok) return app.opened();
    if (said.wiped) return app.restart("wiped");
    input.value = "";
    input.focus();
    trouble.replaceChildren(note("bad", `${say("pin_wrong", { n: grouped(said.left) })}${said.wait ? ` ${say("pin_wait", { n: grouped(said.wait) })}` : ""}`));
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && attempt());
  queueMicrotask(() => input.focus());
  const waiting = (await store.all("outbox")).length;
  return [h("div", { className: "app-done" }, icon("lock")), box, trouble, waiting ? h("p", { className: "quiet", text: say("waiting", { n: grouped(waiting) }) }) : null, h("div", { className: "app-stack" }, open,
    button(say("forgot_pin"), () => trouble.replaceChildren(note("bad", say("forget_ask", { n: grouped(waiting) })),
      h("div", { className: "app-pair" }, button(say("erase"), async () => { await store.wipe(); app.restart("wiped"); }, "btn btn-bad"), button(say("stay"), () => { trouble.replaceChildren(); input.focus(); }, "btn"))), "btn btn-quiet"))];
};
