/* Keeps the app for the way without a network, and sends what waits while nobody looks.

   It touches three things: the app's own page, the app's own files, and sealed items that only the site
   can open. Every other page of the site goes past it. */
"use strict";
const CACHE = `karnameh-field-${KEPT.version}`;
const FILES = new Set(KEPT.assets.map((one) => new URL(one, location).href));
const PAGE = new URL(KEPT.page, location).href;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // What has the mark of its content in its name is taken as it was loaded a moment ago; the page without
    // the words for strangers.
    const wanted = [...FILES].map((one) => new Request(one, { cache: /[.-][0-9a-f]{12}\./.test(one) ? "default" : "reload" }));
    await cache.addAll([new Request(PAGE, { cache: "reload", headers: { "X-Kept": "1" } }), ...wanted]);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys())
      if (name.startsWith("karnameh-field-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const url = new URL(event.request.url);
  const page = event.request.mode === "navigate" && url.origin + url.pathname === PAGE;
  if (!page && !FILES.has(url.href)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return (await cache.match(page ? PAGE : url.href, { ignoreVary: true })) ?? fetch(event.request);
  })());
});

/* --- what waits ------------------------------------------------------------------------ */
const asked = (request) =>
  new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
const ended = (transaction) =>
  new Promise((done, failed) => { transaction.oncomplete = done; transaction.onabort = transaction.onerror = () => failed(transaction.error); });
const database = () => {
  const request = indexedDB.open("karnameh-field", 1);
  request.onupgradeneeded = () => request.transaction.abort(); // nobody has recorded anything here yet
  return asked(request);
};
const tell = (what) => { const tabs = new BroadcastChannel("karnameh-field"); tabs.postMessage(what); tabs.close(); };
self.addEventListener("sync", (event) => {
  if (event.tag === "karnameh-outbox") event.waitUntil(sendWaiting());
});
/* What fails here is tried again by the browser, later. So is what an open app is sending at this moment: its
   tab may be closed before it has finished. */
const sendWaiting = () =>
  self.navigator.locks.request("karnameh-send", { ifAvailable: true }, async (lock) => {
    if (!lock) throw new Error("busy");
    const base = await database().catch(() => null);
    if (!base) return;
    try {
      while (await sendSome(base)) tell("heard");
    } finally {
      base.close();
    }
  });
const SOME = 40;
const LETTERS = 300000; // of one batch
const sendSome = async (base) => {
  const read = base.transaction(["outbox", "meta"]);
  const [rows, device] = await Promise.all([asked(read.objectStore("outbox").getAll()), asked(read.objectStore("meta").get("device"))]);
  if (!rows.length || !device) return false;
  let size = 0;
  const some = rows.filter((one) => one.frame === rows[0].frame).slice(0, SOME).filter((one) => (size += one.envelope.length) < LETTERS);
  const body = JSON.stringify({ v: 2, sent: Date.now() + some[0].frame, device: device.value, sealed: some.map((one) => one.envelope) });
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), KEPT.patience); // half-open connections; the app waits for us
  try {
    const response = await fetch(KEPT.sync, { method: "POST", body, headers: { "Content-Type": "application/json" }, credentials: "omit", cache: "no-store", signal: stop.signal });
    if (response.headers.get("X-Karnameh") !== "field") throw new Error("not now");
    const said = await response.json();
    if (response.status === 401 && said.error === "device_revoked") return await erase(base);
    if (!response.ok) throw new Error("not now");
    return await keep(base, said);
  } finally {
    clearTimeout(clock);
  }
};
/* Answers whether anything moved: what did not would be sent for ever. */
const keep = async (base, said) => {
  const write = base.transaction(["outbox", "heard"], "readwrite");
  const done = ended(write);
  for (const one of said.receipts) {
    write.objectStore("heard").put({ id: one.id, verdict: one.verdict, epoch: said.epoch });
    write.objectStore("outbox").delete(one.id);
  }
  await done;
  return said.receipts.length > 0;
};
/* The phone was locked out: what lies in it is erased also when nobody opens it. */
const erase = async (base) => {
  const write = base.transaction([...base.objectStoreNames], "readwrite");
  const done = ended(write);
  for (const name of base.objectStoreNames) write.objectStore(name).clear();
  await done;
  tell("revoked");
  return false;
};
