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
let turn = 0; // of drawing: what was begun before the present one comes too late
let shown = ""; // the screen as it was drawn
let waiting = 0;
let tab = "today";

const app = {
  doc: null,
  title: (text) => { at("title").textContent = text; document.title = text; },
  go: (hash) => {
    at("screen").inert = true; // nothing is touched twice on the way
    if (location.hash === hash) return app.again();
    location.hash = hash;
  },
  again: () => draw(false),
  said: (tone, text) => {
    const line = h("p", { className: `toast toast-${tone}`, role: "status", text });
    document.body.append(h("div", { className: "app-toasts" }, line));
    setTimeout(() => line.parentElement.remove(), 4000);
  },
  opened: () => unlessLocked(async () => {
    app.doc = await loaded();
    await recount();
    if (app.doc) await draw();
    else show([h("p", { className: "app-empty", text: say("sending") })]);
    sending.send();
  }),
  restart: (why = "") => begin(why),
};
const loaded = async () => {
  const found = await sending.doc();
  return found.who && found.indicators ? found : null;
};
/* What was asked of the store when the lock fell is asked again when it opens. */
const unlessLocked = async (work) => {
  try { return await work(); } catch (error) { if (!(error instanceof store.Locked)) throw error; }
};
const show = (nodes) => {
  turn++;
  put(nodes);
};
const put = (nodes, same = false) => {
  const made = h("div", {}, nodes);
  const screen = at("screen");
  // What did not change stays, with what the holder has opened in it and has his finger on.
  if (same && made.innerHTML === shown) return;
  shown = made.innerHTML;
  screen.replaceChildren(...made.childNodes);
};
const draw = (fresh = true) => unlessLocked(async () => {
  const mine = ++turn;
  const open = store.isOpen();
  if (open && !app.doc) return;
  const hash = location.hash;
  const [pattern, screen, name] = SCREENS.find(([pattern]) => pattern.test(hash)) ?? SCREENS.at(-1);
  const nodes = await (open ? screen(app, hash.match(pattern)?.slice(1) ?? []) : opening.lock(app)).finally(() => { at("screen").inert = false; });
  if (mine !== turn || open !== store.isOpen()) return;
  put(nodes, !fresh && open && drawn === screen);
  if (!open) return;
  drawn = screen;
  if (name !== "record") recording.forgetTyped();
  tab = name;
  tabs();
  at("back").hidden = screen === looking.today;
  at("lock").hidden = false;
  if (fresh) { window.scrollTo(0, 0); at("title").focus({ preventScroll: true }); }
});
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
const hear = async (what) => {
  if (what === "revoked" || what === "wiped") { store.close(); begin(what); return; }
  if (!store.isOpen()) return strip();
  if (what === "heard") { sending.send(); return; }
  if (what === "doc") app.doc = await loaded();
  await recount();
  // A screen on which somebody writes is left alone, whatever arrives.
  if (app.doc && (!drawn || LIVE.has(drawn)) && (what === "doc" || what === "items")) await draw(false);
};
let heard = Promise.resolve(); // one after the other, so that the last word is the newest
sending.listen((what) => {
  const work = () => unlessLocked(() => hear(what));
  return (heard = heard.then(work, work));
});

/* --- the lock ---------------------------------------------------------------------------------- */
let touched = Date.now();
let hiddenAt = 0;
const lock = () => {
  if (!store.isOpen()) return;
  recording.keepTyped();
  store.close();
  app.doc = null;
  drawn = null;
  at("tabs").hidden = at("back").hidden = at("lock").hidden = true;
  draw();
};
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
setInterval(() => { if (Date.now() - touched > IDLE) lock(); }, 10e3);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { hiddenAt = Date.now(); if (store.isOpen()) recording.keepTyped(); }
  else if (Date.now() - hiddenAt > HIDDEN) lock();
  else if (store.isOpen()) sending.send();
});
at("lock").addEventListener("click", lock);
at("back").addEventListener("click", () => (history.length > 1 ? history.back() : app.go("#/")));
addEventListener("hashchange", () => draw());
addEventListener("online", () => { strip(); if (store.isOpen()) sending.send(); });
addEventListener("offline", () => { sending.state.net = "away"; strip(); });
setInterval(() => { if (store.isOpen() && (waiting || !app.doc) && navigator.onLine !== false) sending.send(); }, 30e3);

/* --- beginning --------------------------------------------------------------------------------- */
/* What the page brought for somebody who is signed in: good once. */
const cameAlong = () => {
  const offer = at("offer");
  offer?.remove();
  return offer && JSON.parse(offer.textContent);
};
const begin = async (why = "") => {
  app.doc = drawn = null;
  at("tabs").hidden = at("back").hidden = at("lock").hidden = true;
  if (!isSecureContext || !crypto?.subtle) return show([note("bad", say("need_secure"))]);
  if (await store.known()) { await draw(); return recount(); }
  await recount(); // what an erased store held waits no more
  const mine = ++turn;
  const offered = cameAlong() ?? (await sending.ask("enrol/").catch(() => null));
  const nodes = !offered || offered.error ? await opening.signIn(app, why ? say(why) : "") : [why ? note("warn", say(why)) : null, ...(await opening.enrol(app, offered))];
  if (mine === turn) show(nodes);
};
/* Signed in again in this browser: a phone that the site had forgotten is taken in once more. */
const welcomeBack = () =>
  sending.listen(async (what) => {
    if (what !== "net" || sending.state.busy || sending.state.trouble !== "sign_in_again" || !store.isOpen()) return;
    sending.state.trouble = "sending"; // its word for the strip
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
welcomeBack();
begin().catch((error) => { show([note("bad", String(error))]); throw error; })
  .finally(() => navigator.serviceWorker?.register(document.documentElement.dataset.worker).catch(() => {})); // after the first screen: what it keeps takes long
