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
    await cache.addAll([PAGE, ...FILES].map((one) => new Request(one, { cache: "reload" })));
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
    return (await cache.match(page ? PAGE : url.href)) ?? fetch(event.request);
  })());
});

/* --- what waits ------------------------------------------------------------------------ */
const asked = (request) =>
  new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });
const database = () => {
  const request = indexedDB.open("karnameh-field", 1);
  request.onupgradeneeded = () => request.transaction.abort(); // nobody has recorded anything here yet
  return asked(request);
};
self.addEventListener("sync", (event) => {
  if (event.tag === "karnameh-outbox") event.waitUntil(sendWaiting());
});
const sendWaiting = () =>
  self.navigator.locks.request("karnameh-send", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const base = await database().catch(() => null);
    if (!base) return;
    const read = base.transaction(["outbox", "meta"]);
    const [rows, device] = await Promise.all([asked(read.objectStore("outbox").getAll()), asked(read.objectStore("meta").get("device"))]);
    const some = rows.filter((one) => one.frame === rows[0].frame).slice(0, 40);
    if (!some.length || !device) return;
    const body = JSON.stringify({ v: 2, sent: Date.now() + some[0].frame, device: device.value, sealed: some.map((one) => one.envelope) });
    const response = await fetch(KEPT.sync, { method: "POST", body, headers: { "Content-Type": "application/json" }, credentials: "omit", cache: "no-store" });
    if (response.headers.get("X-Karnameh") !== "field" || !response.ok) throw new Error("not now");
    const said = await response.json();
    const write = base.transaction(["outbox", "heard"], "readwrite");
    for (const one of said.receipts) {
      write.objectStore("heard").put({ id: one.id, verdict: one.verdict });
      write.objectStore("outbox").delete(one.id);
    }
    base.close();
    new BroadcastChannel("karnameh-field").postMessage("heard");
  });
