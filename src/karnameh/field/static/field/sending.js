/* What waits is sent, what is heard is kept. The rules are those of docs/field.md. */
import * as store from "./store.js";

const api = document.documentElement.dataset.api;
const KEPT = 30 * 86400e3;
const SOME = 40;
const CHUNK = 64 * 1024;
const TIMEOUT = 20000;
const MOST_SENT = 5; // times that a file is sent which arrives damaged
const listeners = new Set();
export const state = { net: "unknown", busy: false, trouble: "" };
export const listen = (heard) => listeners.add(heard);
const { tabs } = store;
const tell = (what) => Promise.all([...listeners].map((heard) => heard(what)));
/* Done when this tab shows it; what goes wrong in showing is no fault of what was changed. */
export const changed = () => {
  tabs?.postMessage("items");
  return tell("items").catch((error) => { setTimeout(() => { throw error; }); });
};
if (tabs) tabs.onmessage = (event) => tell(event.data);

/* --- asking: only what carries our mark is an answer --------------------------------------- */
export class Silence extends Error {}
export const ask = async (path, options = {}) => {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), options.timeout ?? TIMEOUT); // half-open connections
  try {
    const token = store.mine()?.token;
    if (!token && !path.startsWith("enrol/")) throw new store.Locked("locked");
    const headers = { ...(token ? { Authorization: `Device ${token}` } : {}), ...options.headers };
    const response = await fetch(api + path, { cache: "no-store", redirect: "manual", ...options, headers, signal: stop.signal });
    if (response.headers.get("X-Karnameh") !== "field") {
      state.net = response.type === "opaqueredirect" || response.status < 500 ? "portal" : "away";
      throw new Silence(state.net);
    }
    if (response.status === 304) return { status: 304 };
    const said = await response.json();
    state.net = response.status === 503 ? "away" : "here";
    return { ...said, status: response.status, tag: response.headers.get("ETag") };
  } catch (error) {
    if (error instanceof store.Locked) throw error;
    if (!(error instanceof Silence)) state.net = "away";
    throw new Silence(state.net);
  } finally {
    clearTimeout(clock);
  }
};

/* --- time: the site's, as far as we were told ----------------------------------------------- */
export const frame = async () => (await store.meta("frame")) ?? 0;
export const now = async () => Date.now() + (await frame());

/* --- items ------------------------------------------------------------------------------------ */
export const items = async () => {
  const rows = await Promise.all((await store.all("items")).map((row) => store.opened(row.box)));
  return rows.sort((a, b) => b.made - a.made);
};
const written = async (item) => ({ id: item.id, box: await store.sealed(item) });
/* Several at once or none; what does not wait any more leaves the outbox in the same moment. */
export const save = async (...changed_) => {
  const rows = await Promise.all(changed_.map(written));
  return store.putAll({ items: rows }, { outbox: changed_.filter((one) => one.state !== "waiting").map((one) => one.id) });
};

/* A new item, and in the same moment its copy for the way while the phone is locked. */
export const record = async (kind, body, { files = [], label = "", mends = null } = {}) => {
  const [at, by] = [await now(), await frame()];
  const before = mends ? [mends.id, ...[JSON.parse(mends.body).mends ?? []].flat()].slice(0, 20) : [];
  const text = JSON.stringify(mends ? { ...body, mends: before } : body);
  const hash = await store.sha256(new TextEncoder().encode(`${kind}\n${text}`));
  const item = { id: store.newId(at), kind, made: at, body: text, hash, frame: by, state: "waiting", waits: 0, label };
  const sent = { id: item.id, kind, made: at, body: text, hash };
  const rows = [await written(item)];
  if (mends) rows.push(await written({ ...mends, beside: "", state: "replaced", replaced: Date.now() }));
  const out = { id: item.id, envelope: await store.envelope(sent), frame: by };
  await store.putAll({ items: rows, outbox: [out], ...(files.length ? { files } : {}) }, mends ? { outbox: [mends.id] } : {});
  await changed();
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("karnameh-outbox")).catch(() => {});
  setTimeout(send);
  return item;
};
export const giveUp = async (item) => {
  await save({ ...item, beside: "", state: "replaced", replaced: Date.now() });
  await changed();
};

/* --- sending: one tab at a time ------------------------------------------------------------------ */
let next = null; // the run that waits for the present one, of this tab, another one or the worker, to end
export const send = () => (next ??= navigator.locks.request("karnameh-send", () => { next = null; return run(); }));
const run = async () => {
  if (!store.isOpen()) return false;
  state.busy = true;
  state.trouble = "";
  tell("net");
  try {
    await merge();
    const said = new Set(); // an item is sent once in a run: what it waits for does not come meanwhile
    for (let first = true; ; first = false) {
      const left = (await items()).filter((one) => one.state === "waiting" && !said.has(one.id));
      const rows = waiting(left);
      if (!rows.length && !first) break;
      if (!(await sendSome(rows, rows.length === left.length))) break;
      for (const one of rows) said.add(one.id);
    }
    if (store.isOpen() && !state.trouble) { await upload(); await forgetOld(); }
  } catch (error) {
    if (!(error instanceof Silence) && !(error instanceof store.Locked)) throw error;
  } finally {
    state.busy = false;
    tell("net");
    changed();
  }
  return state.net === "here";
};
const waiting = (left) => {
  const rows = left.sort((a, b) => a.waits - b.waits || a.made - b.made);
  const some = [];
  let size = 0;
  for (const one of rows) {
    if (one.frame !== rows[0].frame || some.length >= SOME || (size += one.body.length * 2) > 200000) break;
    some.push(one);
  }
  return some;
};
const bare = ({ id, kind, made, body, hash }) => ({ id, kind, made, body, hash });

/* The last batch asks for the document, too: one way there and back less. */
const sendSome = async (rows, last) => {
  const own = rows.length ? rows[0].frame : await frame();
  const epoch = await store.meta("epoch");
  const body = JSON.stringify({ v: 2, epoch: epoch ?? 0, sent: Date.now() + own, items: rows.map(bare), ...(last ? { have: await marks() } : {}) });
  const said = await ask("sync/", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (said.status === 401) { await lockedOut(said); return false; }
  if (said.status !== 200 || !Array.isArray(said.receipts)) return false;
  await hear(said, rows, epoch);
  if (said.down) await keepDoc(said.down);
  return true;
};
const lockedOut = async (said) => {
  if (said.error === "device_revoked" || said.error === "account_closed") {
    await store.wipe("revoked");
    tell("revoked");
  } else {
    state.trouble = "sign_in_again";
  }
};
const hear = async (said, rows, epoch) => {
  const told = new Set(said.receipts.map((one) => one.id));
  const by = new Map(rows.map((one) => [one.id, one]));
  const after = [];
  for (const one of said.receipts) {
    const item = by.get(one.id);
    if (!item) continue;
    const row = one.verdict === "refused" && one.entry ? await store.get("items", one.entry) : null;
    if (!row) { after.push(judged(item, one)); continue; }
    // Another version of it was taken after all. Both are kept and sent again in a new epoch: others name this one.
    const first = await store.opened(row.box);
    const same = JSON.parse(first.body).quantity === JSON.parse(item.body).quantity;
    const over = { ...(same ? { ...item, state: "replaced" } : judged(item, one)), beside: one.entry, replaced: Date.now() };
    after.push(over, { ...first, beside: "", state: "taken", taken: Date.now() });
  }
  if (epoch !== undefined && said.epoch !== epoch)
    for (const item of await items())
      if ((item.state === "taken" || item.beside) && !told.has(item.id)) after.push({ ...item, state: "waiting" });
  await save(...after);
  await store.keep("epoch", said.epoch);
  for (const sha of said.wanted ?? []) {
    const file = await store.get("files", sha);
    if (file?.done) await store.putAll({ files: [{ ...file, done: false }] });
  }
  const wrong = said.now - (await now());
  if (Math.abs(wrong) > 600000) await store.keep("frame", (await frame()) + wrong);
};
const judged = (item, said) => {
  const more = { sentence: said.sentence ?? "", mend: said.mend ?? "", day: said.day ?? "", beside: "" };
  if (said.verdict === "new" || said.verdict === "same") return { ...item, ...more, state: "taken", taken: Date.now() };
  if (said.verdict === "ask") return { ...item, ...more, state: "asked" };
  if (said.verdict === "wait") return { ...item, ...more, waits: item.waits + 1 };
  return { ...item, ...more, state: "refused" };
};
/* What the worker heard while we were locked: ids and verdicts only. What was not taken still waits, so
   that it is asked about again and its reason, its day or its heir is heard, too; and so does what was
   taken in another epoch than ours, since it may have been lost with it. */
const merge = async () => {
  const epoch = await store.meta("epoch");
  for (const one of await store.all("heard")) {
    const taken = one.epoch === epoch && (one.verdict === "new" || one.verdict === "same");
    const row = taken ? await store.get("items", one.id) : null;
    const item = row && (await store.opened(row.box));
    if (item?.state === "waiting") await save(judged(item, one));
    await store.drop("heard", one.id);
  }
};
/* The files first and the items after them: a file comes in the same moment as its item, so one that no item
   names now was not recorded just now. */
const forgetOld = async () => {
  const files = await store.all("files");
  const every = await items();
  const used = new Set();
  for (const item of every) {
    const over = (item.state === "replaced" && Date.now() - (item.replaced ?? 0) > KEPT) || (item.state === "taken" && Date.now() - item.taken > KEPT);
    if (over) await store.drop("items", item.id);
    else for (const file of JSON.parse(item.body).files ?? []) used.add(file.sha256);
  }
  for (const file of files) if (!used.has(file.id)) await store.dropUnchanged("files", file);
};

/* --- files in parts ----------------------------------------------------------------------------------- */
const upload = async () => {
  const taken = new Set();
  for (const item of await items())
    if (item.state === "taken") for (const file of JSON.parse(item.body).files ?? []) taken.add(file.sha256);
  for (const row of await store.all("files")) {
    if (row.done || row.refused || !taken.has(row.id)) continue;
    if (next) return; // something new waits: it goes before the files
    const data = new Uint8Array(await store.unseal(row.box));
    const path = `files/${row.id}/`;
    let said = await ask(path);
    while (said.status === 200 && !said.done) {
      if (next) return;
      const part = data.slice(said.here, said.here + CHUNK);
      const headers = { "Upload-Kind": row.kind, "Upload-Length": data.length, "Upload-Offset": said.here, "Content-Type": "application/octet-stream" };
      said = await ask(path, { method: "PUT", body: part, headers, timeout: 60000 });
    }
    const tries = (row.tries ?? 0) + (said.status === 409 ? 1 : 0); // damaged on its way: it is sent anew
    const refused = said.status === 400 || said.status === 413 || tries >= MOST_SENT ? said.sentence : "";
    if (said.done || tries || refused) await store.putAll({ files: [{ ...row, done: Boolean(said.done), tries, refused }] });
  }
};

/* --- the document ---------------------------------------------------------------------------------------- */
export const doc = async () => {
  const rows = await store.all("doc");
  return Object.fromEntries(await Promise.all(rows.map(async (row) => [row.id, await store.opened(row.box)])));
};
const marks = async () => Object.entries((await store.meta("marks")) ?? {}).map(([name, mark]) => `${name}:${mark}`).join(",");
const keepDoc = async (said) => {
  const rows = await Promise.all(Object.entries(said.parts).map(async ([id, part]) => ({ id, box: await store.sealed(part) })));
  await store.putAll({ doc: rows, meta: [{ id: "marks", value: said.marks }, { id: "tag", value: said.tag }, { id: "seen", value: Date.now() }] });
  if (!rows.length) return;
  tabs?.postMessage("doc");
  tell("doc");
};
