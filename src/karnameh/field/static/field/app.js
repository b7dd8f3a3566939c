/* The app: opens, routes, locks, and keeps the strip at the top true. */
import * as arriving from "./arriving.js";
import { button, grouped, h, icon, note, say } from "./build.js";
import * as checking from "./checking.js";
import * as looking from "./looking.js";
import * as opening from "./opening.js";
import * as recording from "./recording.js";
import * as sending from "./sending.js";
import * as store from "./store.js";

const IDLE = 5 * 60e3;
const HIDDEN = 2 * 60e3;
const at = (id) => document.getElementById(id);
const SCREENS = [
  [/^#\/record(?:\/(\d*))?(?:\/(\d*))?$/, recording.screen, "record"],
  [/^#\/record\/again$/, recording.again, "record"],
  [/^#\/saved$/, recording.saved, "record"],
  [/^#\/check$/, checking.list, "check"],
  [/^#\/check\/([0-9a-f-]{36})$/, checking.one, "check"],
  [/^#\/correct\/([0-9a-f-]{36})$/, checking.correct, "today"],
  [/^#\/check-in(?:\/([2-9A-Z]{6}))?$/, arriving.screen, "check_in"],
  [/^#\/queue$/, looking.queue, "queue"],
  [/^#\/leave$/, looking.leave, "queue"],
  [/^#\/item\/([0-9a-f-]{36})$/, looking.mend, "queue"],
  [/^(#\/)?$/, looking.today, "today"],
];
const LIVE = new Set([looking.today, looking.queue]); // nobody types there: they may be drawn anew
let drawn = null;
let waiting = 0;
let tab = "today";

const app = {
  doc: null,
  title: (text) => { at("title").textContent = text; document.title = text; },
  go: (hash) => { if (location.hash === hash) app.again(); else location.hash = hash; },
  again: () => draw(false),
  said: (tone, text) => {
    const line = h("p", { className: `toast toast-${tone}`, role: "status", text });
    document.body.append(h("div", { className: "app-toasts" }, line));
    setTimeout(() => line.parentElement.remove(), 4000);
  },
  opened: async () => {
    app.doc = await loaded();
    await recount();
    if (!app.doc) await show([h("p", { className: "app-empty", text: say("sending") })]);
    sending.send().then(async () => { if (!store.isOpen()) return; app.doc = await loaded(); draw(); });
    if (app.doc) draw();
  },
  restart: (why = "") => begin(why),
};
const loaded = async () => {
  const found = await sending.doc();
  return found.who && found.indicators ? found : null;
};
const show = async (nodes) => {
  at("screen").replaceChildren(...nodes.flat(Infinity).filter(Boolean));
};
const draw = async (fresh = true) => {
  if (!store.isOpen()) return show(await opening.lock(app));
  if (!app.doc) return;
  const hash = location.hash;
  const [pattern, screen, name] = SCREENS.find(([pattern]) => pattern.test(hash)) ?? SCREENS.at(-1);
  const nodes = await screen(app, hash.match(pattern)?.slice(1) ?? []);
  if (!store.isOpen()) return;
  drawn = screen;
  await show(nodes);
  tab = name;
  tabs();
  at("back").hidden = screen === looking.today;
  at("lock").hidden = false;
  if (fresh) { window.scrollTo(0, 0); at("title").focus({ preventScroll: true }); }
};
const tabs = () => {
  const rows = [["today", "#/", "home"], ["record", "#/record", "plus"], ["check_in", "#/check-in", "people"], ...(app.doc?.who.checks ? [["check", "#/check", "verify"]] : []), ["queue", "#/queue", "export"]]
    .filter(([name]) => app.doc?.who.records || (name !== "record" && name !== "check_in"));
  at("tabs").hidden = false;
  at("tabs").replaceChildren(...rows.map(([name, href, drawing]) =>
    h("a", { href, "aria-current": name === tab ? "page" : null }, icon(drawing), h("span", { text: say(name) }), name === "queue" && waiting ? h("b", { className: "app-badge", text: grouped(waiting) }) : null)));
};
const recount = async () => {
  waiting = store.isOpen() ? (await sending.items()).filter((one) => one.state === "waiting").length : (await store.all("outbox")).length;
  if (store.isOpen() && app.doc && drawn) tabs();
  strip();
};
const strip = () => {
  const line = at("strip");
  const n = grouped(waiting);
  const away = sending.state.net === "away" || navigator.onLine === false;
  const text = sending.state.trouble ? say(sending.state.trouble) : sending.state.net === "portal" ? say("portal") : sending.state.busy && waiting ? say("sending") : away && waiting ? say("offline", { n }) : waiting ? say("waiting", { n }) : "";
  line.hidden = !text;
  const more = sending.state.trouble === "sign_in_again" ? h("a", { href: document.documentElement.dataset.login, text: say("sign_in") }) : h("a", { href: "#/queue", text: say("queue") });
  line.replaceChildren(...(text ? [h("span", { text }), more] : []));
};
sending.listen(async (what) => {
  if (what === "revoked") return begin("revoked");
  if (!store.isOpen()) return strip();
  if (what === "heard") return sending.send();
  if (what === "doc") app.doc = await loaded();
  await recount();
  if (app.doc && LIVE.has(drawn) && (what === "doc" || what === "items")) draw(false);
});

/* --- the lock ---------------------------------------------------------------------------------- */
let touched = Date.now();
let hiddenAt = 0;
const lock = () => {
  if (!store.isOpen()) return;
  store.close();
  app.doc = null;
  drawn = null;
  at("tabs").hidden = at("back").hidden = at("lock").hidden = true;
  draw();
};
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
setInterval(() => { if (Date.now() - touched > IDLE) lock(); }, 10e3);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (Date.now() - hiddenAt > HIDDEN) lock();
  else if (store.isOpen()) sending.send();
});
at("lock").addEventListener("click", lock);
at("back").addEventListener("click", () => (history.length > 1 ? history.back() : app.go("#/")));
addEventListener("hashchange", () => draw());
addEventListener("online", () => { strip(); if (store.isOpen()) sending.send(); });
addEventListener("offline", () => { sending.state.net = "away"; strip(); });
setInterval(() => { if (store.isOpen() && waiting && navigator.onLine !== false) sending.send(); }, 30e3);

/* --- beginning --------------------------------------------------------------------------------- */
const begin = async (why = "") => {
  app.doc = null;
  at("tabs").hidden = at("back").hidden = at("lock").hidden = true;
  if (!isSecureContext || !crypto?.subtle) return show([note("bad", say("need_secure"))]);
  if (await store.known()) { await draw(); return recount(); }
  strip();
  const offered = await sending.ask("enrol/").catch(() => null);
  if (!offered || offered.error) return show(await opening.signIn(app, why ? say(why) : ""));
  return show([why ? note("warn", say(why)) : null, await opening.enrol(app, offered)]);
};
/* Signed in again in this browser: a phone that the site had forgotten is taken in once more. */
const welcomeBack = () =>
  sending.listen(async (what) => {
    if (what !== "net" || sending.state.trouble !== "sign_in_again" || !store.isOpen()) return;
    sending.state.trouble = "signing";
    const offered = await sending.ask("enrol/").catch(() => null);
    if (offered && !offered.error) {
      const { token, unit } = store.mine();
      const given = await opening.register(offered, { unit, known: token });
      if (!given.error) { sending.state.trouble = ""; return sending.send(); }
    }
    sending.state.trouble = "sign_in_again";
    strip();
  });
/* A browser that offers to put the app on the home screen is asked again from the queue. */
addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); app.install = () => event.prompt(); if (LIVE.has(drawn)) draw(false); });
if ("serviceWorker" in navigator)
  navigator.serviceWorker.register(document.documentElement.dataset.worker).catch(() => {});
welcomeBack();
begin().catch((error) => show([note("bad", String(error))]));
