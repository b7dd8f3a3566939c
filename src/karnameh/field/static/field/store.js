/* What the phone keeps, and under which lock.

   Everything that says something is sealed with AES-GCM under a key that follows from the PIN and from a
   secret of this phone, which a script can use but never read. The key itself lives in memory alone. */
const NAME = "karnameh-field";
const STORES = ["meta", "items", "files", "doc", "outbox", "heard"];
const ROUNDS = 310000;
export const MOST_TRIES = 10;
const easy = /^(\d)\1+$|^1234|^4321|^1111|^0000/;
/* Whoever asks for what is sealed while the phone is locked. */
export class Locked extends Error {}
/* Between the tabs and the worker: what changed, and that everything was erased. */
export const tabs = "BroadcastChannel" in self ? new BroadcastChannel("karnameh-field") : null;
let opening;
let key = null;
let unlocked = null; // { token, envelope, device, unit }

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
const database = () =>
  (opening ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name, { keyPath: "id" }));
    request.onsuccess = () => {
      request.result.onversionchange = () => { request.result.close(); opening = undefined; };
      done(request.result);
    };
    request.onerror = () => { opening = undefined; failed(request.error); };
  }));
const within = async (names, mode, work) => {
  const base = await database();
  const transaction = base.transaction(names, mode);
  const finished = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error ?? new Error("aborted"));
    transaction.onerror = () => failed(transaction.error);
  });
  finished.catch(() => {}); // what `work` throws is said first
  const result = await work(transaction);
  await finished;
  return result;
};
/* What is sealed is written only while the store is that of the phone whose key sealed it: one that was
   erased, or begun anew, by another tab takes nothing more. */
const ours = async (transaction, device) => {
  const row = await asked(transaction.objectStore("meta").get("device"));
  if (device && row?.value === device) return;
  transaction.abort();
  throw new Locked("locked");
};
export const put = (name, ...rows) =>
  within([name], "readwrite", (t) => { rows.forEach((row) => t.objectStore(name).put(row)); });
/* Rows by store, all of them or none; `gone` are ids that go in the same moment. */
export const putAll = (by, gone = {}) => {
  const device = unlocked?.device;
  return within([...new Set(["meta", ...Object.keys(by), ...Object.keys(gone)])], "readwrite", async (t) => {
    await ours(t, device);
    for (const [name, rows] of Object.entries(by)) rows.forEach((row) => t.objectStore(name).put(row));
    for (const [name, ids] of Object.entries(gone)) ids.forEach((id) => t.objectStore(name).delete(id));
  });
};
export const drop = (name, id) => within([name], "readwrite", (t) => { t.objectStore(name).delete(id); });
/* Unless it was put anew since it was read. */
export const dropUnchanged = (name, row) =>
  within([name], "readwrite", async (t) => {
    const there = await asked(t.objectStore(name).get(row.id));
    if (there && String(there.box.iv) === String(row.box.iv)) t.objectStore(name).delete(row.id);
  });
export const get = (name, id) => within([name], "readonly", (t) => asked(t.objectStore(name).get(id)));
export const all = (name) => within([name], "readonly", (t) => asked(t.objectStore(name).getAll()));
export const meta = async (id) => (await get("meta", id))?.value;
export const keep = (id, value) => put("meta", { id, value });
export const keepSealed = async (id, value) => {
  const device = unlocked?.device;
  const box = await sealed(value);
  return within(["meta"], "readwrite", async (t) => { await ours(t, device); t.objectStore("meta").put({ id, value: box }); });
};

/* --- seals ------------------------------------------------------------------------------ */
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const hex = (buffer) => [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");
export const sha256 = async (data) => hex(await crypto.subtle.digest("SHA-256", data));
const coded = (value) => new TextEncoder().encode(JSON.stringify(value));

export const seal = async (data, under = key) => {
  if (!under) throw new Locked("locked");
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, under, data) };
};
export const unseal = async (box) => {
  if (!key) throw new Locked("locked");
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data);
};
export const sealed = async (value) => seal(coded(value));
export const opened = async (box) => JSON.parse(new TextDecoder().decode(await unseal(box)));

/* For the way while the phone is locked: only the site can open it, and only this phone can have made it. */
export const envelope = async (item) => {
  if (!unlocked) throw new Locked("locked");
  const device = unlocked.device;
  const secret = await crypto.subtle.importKey("raw", bytes(unlocked.envelope), "AES-GCM", false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bound = new TextEncoder().encode(`karnameh field 2 ${device}`);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, secret, coded(item));
  const whole = new Uint8Array(12 + data.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(data), 12);
  return btoa(Array.from(whole, (one) => String.fromCharCode(one)).join(""));
};

/* --- the PIN ------------------------------------------------------------------------------ */
const derived = async (pin, salt, device) => {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const slow = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, base, 256);
  const bound = await crypto.subtle.sign("HMAC", device, slow);
  return crypto.subtle.importKey("raw", bound, "AES-GCM", false, ["encrypt", "decrypt"]);
};
export const easyPin = (pin) => easy.test(pin);
export const known = async () => Boolean(await meta("device_key"));
export const isOpen = () => key !== null;
export const mine = () => unlocked;

/* A new phone in an empty store. Answers false when another tab was faster. */
export const begin = async (pin, given) => {
  const device = await crypto.subtle.importKey("raw", bytes(given.store), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const made = await derived(pin, salt, device);
  const mine_ = { token: given.token, envelope: given.envelope, device: given.device, unit: given.unit };
  const secrets = await seal(coded(mine_), made);
  const rows = { device_key: device, salt, secrets, tries: 0, device: given.device, epoch: given.epoch };
  const first = await within(STORES, "readwrite", async (t) => {
    if (await asked(t.objectStore("meta").get("device_key"))) return false;
    STORES.forEach((name) => t.objectStore(name).clear());
    for (const [id, value] of Object.entries(rows)) t.objectStore("meta").put({ id, value });
    return true;
  });
  if (first) [key, unlocked] = [made, mine_];
  return first;
};

/* One try. Answers { ok } or { left, wait }: tries that are left, seconds to wait before the next one. */
export const unlock = (pin) =>
  navigator.locks.request("karnameh-pin", async () => {
    const [device, salt, secrets] = await Promise.all(["device_key", "salt", "secrets"].map(meta));
    if (!device) return { ok: false, left: 0, wiped: true };
    const rest = ((await meta("not_before")) ?? 0) - Date.now();
    const before = (await meta("tries")) ?? 0;
    // A clock that was set back must not shorten the waiting.
    if (rest > 0 && rest < 3600000) return { ok: false, left: MOST_TRIES - before, wait: Math.ceil(rest / 1000) };
    const tries = before + 1;
    await keep("tries", tries); // written before the try: a killed tab has tried
    const candidate = await derived(pin, salt, device);
    try {
      const box = await crypto.subtle.decrypt({ name: "AES-GCM", iv: secrets.iv }, candidate, secrets.data);
      unlocked = JSON.parse(new TextDecoder().decode(box));
    } catch {
      if (tries >= MOST_TRIES) {
        await wipe();
        return { ok: false, left: 0, wiped: true };
      }
      const wait = tries < 3 ? 0 : 5 * 2 ** (tries - 3);
      if (wait) await keep("not_before", Date.now() + wait * 1000);
      return { ok: false, left: MOST_TRIES - tries, wait };
    }
    key = candidate;
    await put("meta", { id: "tries", value: 0 }, { id: "not_before", value: 0 });
    return { ok: true };
  });
export const close = () => { key = null; unlocked = null; };

/* Erase everything, and say so to the other tabs: their keys open nothing any more. The phone's secret goes
   first: without it no PIN opens what might be left. */
export const wipe = async (why = "wiped") => {
  close();
  await drop("meta", "device_key");
  await within(STORES, "readwrite", (t) => { STORES.forEach((name) => t.objectStore(name).clear()); });
  tabs?.postMessage(why);
};

/* --- ids --------------------------------------------------------------------------------- */
export const newId = (at) => {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const text = Math.floor(at).toString(16).padStart(12, "0") + hex(random);
  const variant = (0x8 | (parseInt(text[16], 16) & 0x3)).toString(16);
  const whole = `${text.slice(0, 12)}7${text.slice(13, 16)}${variant}${text.slice(17, 32)}`;
  return whole.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
