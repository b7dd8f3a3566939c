/* Checks a figure or a receipt in the browser, by WebCrypto alone. The twin of karnameh-verify.py; the
   construction is written in docs/proof.md. Nothing that is checked here is asked of the server, except
   how an older head that this device has seen becomes the new one, and that answer is checked too. */
"use strict";
(() => {
  const page = document.getElementById("verify");
  if (!page) return;
  const FIELDS = 14, LIMIT = 1n << 96n, DAY = 86400000;
  const text = new TextEncoder();

  class Wrong extends Error {
    constructor(step, why) { super(why); this.step = step; }
  }
  const need = (condition, step, why) => { if (!condition) throw new Wrong(step, why); };
  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const unhex = (word) => {
    need(/^([0-9a-f]{2})*$/.test(word), "shape", "hex");
    return Uint8Array.from(word.match(/../g) || [], (two) => parseInt(two, 16));
  };
  const unb64 = (word) => Uint8Array.from(atob(word), (letter) => letter.charCodeAt(0));
  const join = (...parts) => {
    const found = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of parts) { found.set(one, at); at += one.length; }
    return found;
  };
  const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
  const byte = (...values) => Uint8Array.from(values);
  const wide = (value, bytes) => {
    const found = new Uint8Array(bytes);
    let rest = BigInt(value);
    for (let n = bytes - 1; n >= 0; n--) { found[n] = Number(rest & 255n); rest >>= 8n; }
    return found;
  };
  const same = (a, b) => hex(a) === hex(b);

  // --- heads -----------------------------------------------------------------------------------
  const micro = (at) => {
    const part = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(at);
    need(part, "shape", "instant");
    return BigInt(Date.parse(part[1] + part[3])) * 1000n + BigInt((part[2] || "").padEnd(6, "0"));
  };
  const body = (head) => text.encode(
    `karnameh.head.1\n${head.log}\n${head.number}\n${head.epoch}\n${head.size}\n${head.entries}\n` +
    `${head.root}\n${head.totals}\n${micro(head.at)}\n${head.previous || "-"}\n`);
  const digest = async (head) => hex(await sha(body(head)));
  const shortCode = async (head) => {
    let number = BigInt("0x" + (await digest(head)).slice(0, 20)), letters = "";
    for (let n = 0; n < 16; n++) {
      letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[Number(number & 31n)] + letters;
      number >>= 5n;
    }
    return letters.match(/.{4}/g).join("-");
  };
  const signed = async (key, message, signature) => {
    try {
      const ready = await crypto.subtle.importKey("raw", unhex(key), "Ed25519", false, ["verify"]);
      return await crypto.subtle.verify("Ed25519", ready, unb64(signature), message);
    } catch (trouble) {
      if (trouble.name === "NotSupportedError") throw new Wrong("signature", "Ed25519: " + page.dataset.old);
      return false;
    }
  };
  const isTrusted = async (head, pinned) => {
    const links = new Map((head.keys || []).map((one) => [one.public, one]));
    let key = head.public;
    for (let n = 0; n <= links.size; n++) {
      if (key === pinned) return true;
      const link = links.get(key);
      if (!link || !link.before || !link.endorsement) return false;
      const words = text.encode(`karnameh.key.1\n${head.log}\n${link.before}\n${key}\n`);
      need(await signed(link.before, words, link.endorsement), "key", "endorsement");
      key = link.before;
    }
    return false;
  };

  // --- the log's tree (RFC 9162) ---------------------------------------------------------------
  const leafHash = (words) => sha(byte(0), text.encode(words));
  const node = (left, right) => sha(byte(1), left, right);
  const rootByPath = async (leaf, index, size, path) => {
    need(Number.isSafeInteger(index) && index >= 0 && index < size, "receipt", "index");
    let at = index, last = size - 1, found = leaf;
    const half = (n) => Math.floor(n / 2);
    for (const step of path) {
      need(last > 0, "receipt", "path");
      if (at % 2 || at === last) {
        found = await node(step, found);
        while (at && at % 2 === 0) { at = half(at); last = half(last); }
      } else found = await node(found, step);
      at = half(at); last = half(last);
    }
    need(last === 0, "receipt", "path");
    return found;
  };
  const isConsistent = async (older, newer, path) => {
    const first = older.size, second = newer.size, oldRoot = unhex(older.root), newRoot = unhex(newer.root);
    if (first === second || first === 0) return path.length === 0 && (first === 0 || same(oldRoot, newRoot));
    if (first > second || !path.length) return false;
    const power = Number.isInteger(Math.log2(first));
    const steps = power ? [oldRoot, ...path] : [...path];
    let at = first - 1, last = second - 1;
    while (at % 2) { at = (at - 1) / 2; last = Math.floor(last / 2); }
    let one = steps[0], two = steps[0];
    for (const step of steps.slice(1)) {
      if (last === 0) return false;
      if (at % 2 || at === last) {
        one = await node(step, one); two = await node(step, two);
        while (at && at % 2 === 0) { at /= 2; last = Math.floor(last / 2); }
      } else two = await node(two, step);
      at = Math.floor(at / 2); last = Math.floor(last / 2);
    }
    return last === 0 && same(one, oldRoot) && same(two, newRoot);
  };

  // --- sum trees -------------------------------------------------------------------------------
  const NONE = () => Array(FIELDS).fill(0n);
  const tallyOf = (words) => {
    const parts = words ? words.split(",") : [];
    need(parts.length <= FIELDS && parts.every((one) => /^\d+$/.test(one)), "totals", "tally");
    const found = [...parts.map(BigInt), ...Array(FIELDS - parts.length).fill(0n)];
    need(found.every((one) => one < LIMIT), "totals", "tally");
    return found;
  };
  const seal = (tally, salt) => {
    need(salt.length === 16 && tally.every((one) => one >= 0n && one < LIMIT), "totals", "tally");
    return sha(byte(4), salt, ...tally.map((one) => wide(one, 12)));
  };
  const plus = (one, other) => one.map((value, n) => value + other[n]);
  const factOf = (leaf) => {
    const part = leaf.split("|");
    if (part[0] !== "entry.1") return null;
    need(part.length === 31, "receipt", "leaf");
    const bucket = part[20] !== "1" ? 3 : part[16] ? 2 : part[21] !== "1" ? 1 : 0;
    const back = part[6] === "1" ? 1 : 0, tally = NONE(), qualifier = Number(part[19]);
    const milli = BigInt(part[17] || 0), rial = BigInt(part[18] || 0);
    tally[back] = 1n;
    tally[milli >= 0n ? 2 : 3] = milli >= 0n ? milli : -milli;
    tally[rial >= 0n ? 4 : 5] = rial >= 0n ? rial : -rial;
    if (qualifier >= 2 && qualifier <= 5) tally[2 * qualifier + 2 + back] = 1n;
    return { nodes: { 1: part[7], 2: part[9] }, series: `${part[4]}/${part[5]}/${bucket}`, day: part[13], tally };
  };
  const SHAPES = new Set([
    "index,leaf,salt", "core,label,n,salt,tally", "core,label,n,seal", "at,beside,label,n,open,parts",
    "at,beside,closed,label,n,parts"]);
  const pair = async (shown) => {
    need(SHAPES.has(Object.keys(shown).sort().join(",")), "totals", "shape");
    if ("leaf" in shown) {
      const said = factOf(shown.leaf);
      need(said, "receipt", "leaf");
      const hash = await sha(byte(2), wide(shown.index, 8), await leafHash(shown.leaf));
      return { hash, seal: await seal(said.tally, unb64(shown.salt)), tally: said.tally };
    }
    const core = "parts" in shown ? await folded(shown) : await beside(shown);
    const label = text.encode(shown.label);
    const hash = await sha(byte(5, label.length), label, wide(shown.n, 8), core.hash, core.seal);
    return { hash, seal: core.seal, tally: core.tally };
  };
  const beside = async (shown) => {
    if (!("tally" in shown)) return { hash: unb64(shown.core), seal: unb64(shown.seal), tally: null };
    const tally = tallyOf(shown.tally);
    return { hash: unb64(shown.core), seal: await seal(tally, unb64(shown.salt)), tally };
  };
  const folded = async (shown) => {
    const size = shown.n, at = shown.at, isOpen = "open" in shown;
    need(Number.isSafeInteger(size) && at.length === shown.parts.length, "totals", "parts");
    need(at.every((n, i) => Number.isSafeInteger(n) && n >= 0 && n < size && (!i || at[i - 1] < n)), "totals", "order");
    if (size === 0) return { hash: new Uint8Array(32), seal: new Uint8Array(32), tally: NONE() };
    const known = new Map();
    for (let i = 0; i < at.length; i++) known.set(at[i], await pair(shown.parts[i]));
    const rest = [...shown.beside], joints = [...(isOpen ? shown.open : shown.closed)];
    const walk = async (low, high) => {
      if (!at.some((n) => low <= n && n < high)) {
        need(rest.length, "totals", "missing");
        const one = rest.shift();
        if (!isOpen) return { hash: unb64(one[0]), seal: unb64(one[1]), tally: null };
        const tally = tallyOf(one[1]);
        return { hash: unb64(one[0]), seal: await seal(tally, unb64(one[2])), tally };
      }
      if (high - low === 1) return known.get(low);
      let half = 1;
      while (half * 2 < high - low) half *= 2;
      const left = await walk(low, low + half), right = await walk(low + half, high);
      need(joints.length, "totals", "missing");
      const joint = unb64(joints.shift());
      const hash = await sha(byte(3), left.hash, left.seal, right.hash, right.seal);
      if (!isOpen) return { hash, seal: joint, tally: null };
      need(left.tally && right.tally, "totals", "closed");
      const tally = plus(left.tally, right.tally);
      return { hash, seal: await seal(tally, joint), tally };
    };
    const found = await walk(0, size);
    need(!rest.length && !joints.length, "totals", "too many");
    return found;
  };

  // --- what a bundle says ----------------------------------------------------------------------
  const dayOf = (word) => {
    need(/^\d{4}-\d\d-\d\d$/.test(word), "shape", "day");
    return Date.parse(word + "T00:00:00Z") / DAY;
  };
  const span = (label) => { const [a, b] = label.split("/"); return [dayOf(a), dayOf(b || a)]; };
  const EVER = [dayOf("1800-01-01"), dayOf("2200-01-01")];
  const compare = (a, b) => {
    const one = a.split("/").map(Number), two = b.split("/").map(Number);
    for (let n = 0; n < Math.max(one.length, two.length); n++) {
      if ((one[n] ?? -1) !== (two[n] ?? -1)) return (one[n] ?? -1) - (two[n] ?? -1);
    }
    return 0;
  };
  const parted = (shown) => shown.at.map((n, i) => [n, shown.parts[i]]);
  const isAbsent = (shown, label) => {
    const parts = parted(shown);
    if (!parts.length) return shown.n === 0;
    const before = parts.filter(([, one]) => compare(one.label, label) < 0);
    const after = parts.filter(([, one]) => compare(one.label, label) > 0);
    const low = before.length ? before[before.length - 1][0] : -1, high = after.length ? after[0][0] : shown.n;
    return high === low + 1 && before.length + after.length === parts.length;
  };
  const foundIn = (shown, line) => {
    for (const label of line) {
      need("parts" in shown, "sum", "way");
      const part = shown.parts.find((one) => one.label === label);
      if (!part) { need(isAbsent(shown, label), "sum", "absent"); return NONE(); }
      shown = part;
    }
    need("tally" in shown && !("parts" in shown), "sum", "closed");
    return tallyOf(shown.tally);
  };
  const readDays = (shown, bounds, line, byDays, found) => {
    let reached = bounds[0] - 1, position = -1;
    for (const [n, part] of parted(shown)) {
      const [first, last] = span(part.label);
      need(reached < first && first <= last && last <= bounds[1], "covered", "order");
      if (n === position + 1) found.covered.push([reached + 1, first - 1]);
      if ("parts" in part && byDays && first !== last) readDays(part, [first, last], line, byDays, found);
      else if ("parts" in part) {
        found.answers.push([first, last, foundIn(part, line)]);
        found.covered.push([first, last]);
      }
      reached = last; position = n;
    }
    if (position === shown.n - 1) found.covered.push([reached + 1, bounds[1]]);
  };
  const checkFigure = async (bundle) => {
    const asked = bundle.question, totals = bundle.totals;
    need(hex((await pair(totals)).hash) === bundle.head.totals, "totals", "root");
    need(String(asked.node) === asked.line[asked.line.length - 1], "sum", "node");
    const start = dayOf(asked.start), end = dayOf(asked.end), found = { covered: [], answers: [] };
    const series = [asked.axis, asked.indicator, asked.stage, asked.bucket].map(Number).join("/");
    for (const grain of [0, 1]) {
      const part = totals.parts.find((one) => one.label === `${series}/${grain}`);
      if (part && "parts" in part) readDays(part, EVER, asked.line, grain === 0, found);
      else if (!part && grain === 0 && isAbsent(totals, `${series}/0`)) found.covered.push(EVER);
    }
    const used = found.answers.sort((a, b) => a[0] - b[0]);
    need(used.every(([a, b]) => start <= a && b <= end), "covered", "outside");
    need(used.every((one, n) => !n || used[n - 1][1] < one[0]), "covered", "twice");
    let reached = start;
    for (const [first, last] of found.covered.filter(([a, b]) => a <= b).sort((a, b) => a[0] - b[0])) {
      if (first > reached) break;
      reached = Math.max(reached, last + 1);
    }
    need(reached > end, "covered", "gap");
    const total = used.reduce((sum, one) => plus(sum, one[2]), NONE());
    need(total.join() === tallyOf(bundle.answer).join(), "sum", "answer");
    return total;
  };
  const checkReceipt = async (receipt, bundle) => {
    const { head, question: asked } = bundle;
    need(hex((await pair(receipt.totals)).hash) === head.totals, "receipt", "totals");
    const labels = [];
    let shown = receipt.totals;
    while (!("leaf" in shown)) {
      labels.push(shown.label);
      need((shown.parts || []).length === 1, "receipt", "way");
      shown = shown.parts[0];
    }
    need(shown.index === receipt.index, "receipt", "leaf");
    const root = await rootByPath(await leafHash(shown.leaf), shown.index, head.size, receipt.path.map(unb64));
    need(hex(root) === head.root, "receipt", "log");
    const said = factOf(shown.leaf);
    const series = [asked.axis, asked.indicator, asked.stage, asked.bucket].map(Number).join("/");
    need(`${asked.axis}/${said.series}` === series, "receipt", "series");
    const [, own, month, ...rest] = labels, last = rest.pop();
    const byMonths = own === `${series}/1`;
    need(byMonths || own === `${series}/0`, "receipt", "series");
    const day = byMonths ? rest[2] : rest[0];
    const line = byMonths ? [rest[0], ...rest.slice(3)] : rest.slice(1);
    const [first, until] = span(month);
    need(day === said.day && first <= dayOf(day) && dayOf(day) <= until, "receipt", "day");
    need(last === "0" && line[line.length - 1] === said.nodes[asked.axis], "receipt", "unit");
    need(line.includes(String(asked.node)), "receipt", "beneath");
    need(dayOf(asked.start) <= dayOf(day) && dayOf(day) <= dayOf(asked.end), "receipt", "period");
    return said;
  };

  // --- what this device has seen -----------------------------------------------------------------
  const memory = (log) => {
    try { return JSON.parse(localStorage.getItem("karnameh.log." + log)) || {}; } catch { return {}; }
  };
  const keep = (log, value) => { try { localStorage.setItem("karnameh.log." + log, JSON.stringify(value)); } catch { /* private window */ } };
  const checkSeen = async (head, seen) => {
    const other = (seen.heads || {})[head.number], own = await digest(head);
    need(!other || other === own, "heads", "fork");
    const last = seen.last;
    if (!last || last.number === head.number) return !!last;
    const [older, newer] = last.number < head.number ? [last, head] : [head, last];
    need(older.at <= newer.at && older.epoch <= newer.epoch && older.size <= newer.size, "heads", "backwards");
    const where = page.dataset.consistency.replace("/1/", `/${older.number}/`).replace("/2/", `/${newer.number}/`);
    const answer = await fetch(where).catch(() => null);
    if (!answer) return null; // no network: nothing was contradicted, and nothing compared
    need(answer.ok, "heads", "no proof");
    const path = (await answer.json()).consistency.map(unb64);
    need(await isConsistent(older, newer, path), "heads", "rewritten");
    return true;
  };

  // --- the page ----------------------------------------------------------------------------------
  const list = document.getElementById("verify-steps"), verdict = document.getElementById("verify-verdict");
  const step = (name) => list.querySelector(`[data-step="${name}"]`);
  const mark = (name, state, detail) => {
    const one = step(name);
    one.hidden = false;
    one.className = state === "good" ? "is-verified" : state === "warn" ? "is-pledged" : "is-reversed";
    one.dataset.state = state;
    one.querySelector("[data-mark]").textContent = { good: "✓", warn: "!", bad: "✗" }[state];
    one.querySelector("[data-detail]").textContent = detail || "";
  };
  const number = (value, places) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: places || 0 }).format(value);
  const amount = (tally) => {
    const milli = tally[2] - tally[3], whole = milli / 1000n, part = Number(milli % 1000n) / 1000;
    return part ? number(Number(whole) + part, 3) : number(whole);
  };
  const say = (name, value) => {
    const place = document.querySelector(`[data-say="${name}"]`);
    place.textContent = value;
    place.closest("div").hidden = !value;
  };
  const clear = () => {
    for (const one of list.querySelectorAll("[data-step]")) { one.hidden = true; delete one.dataset.state; }
    for (const one of document.querySelectorAll("[data-say]")) one.closest("div").hidden = true;
    verdict.hidden = true;
  };
  const finish = (state, words) => {
    verdict.hidden = false;
    verdict.className = "notice notice-" + state;
    verdict.querySelector("p").textContent = page.dataset[words || state];
    verdict.dataset.state = state;
    const result = document.getElementById("verify-result");
    result.hidden = false;
    result.scrollIntoView({ block: "nearest" });
  };

  // That the words published around a sum are about this sum, and are those that were approved.
  const STAGES = { pledged: 1, reported: 2, verified: 3 };
  const milliOf = (said) => {
    const part = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(said);
    need(part, "published", "number");
    const found = BigInt(part[2]) * 1000n + BigInt((part[3] || "").padEnd(3, "0"));
    return part[1] ? -found : found;
  };
  const checkPublished = async (bundle, total) => {
    const { figure, content, digest: said } = bundle.published, asked = bundle.question;
    need(hex(await sha(text.encode(content))) === said, "published", "fingerprint");
    const approved = content.split("\u001f");
    need(approved[0] === figure.code, "published", "code");
    need(Number(approved[5]) === STAGES[figure.stage] && STAGES[figure.stage] === asked.stage, "published", "stage");
    need(Number(approved[6]) === asked.bucket, "published", "bucket");
    need(["", asked.start].includes(approved[7]) && ["", asked.end].includes(approved[8]), "published", "days");
    need(approved[18] === bundle.head.root, "published", "head");
    for (const one of [approved[16], figure.totals[figure.stage][0]])
      need(milliOf(one) === total[2] - total[3], "published", one);
    return figure.sentence;
  };

  const examine = async (bundle) => {
    clear();
    if (!bundle || typeof bundle !== "object") { finish("info", "unread"); return; }
    if (!("format" in bundle) && "published" in bundle) { finish("info", "unproven"); return; }
    const passed = (name, detail) => mark(name, "good", detail);
    let isSure = true, isCompared = true;
    try {
      need(bundle.format === "karnameh.bundle.1", "shape", "format");
      passed("shape");
      const head = bundle.head, words = bundle.words || {}, fa = document.documentElement.lang === "fa";
      say("what", (fa ? words.indicator_fa : words.indicator_en) || "");
      say("where", (fa ? words.node_fa : words.node_en) || "");
      need(await signed(head.public, body(head), head.signature), "signature", "head");
      passed("signature", await shortCode(head));
      say("code", await shortCode(head));
      const seen = memory(head.log), typed = document.getElementById("verify-key").value.trim().toLowerCase();
      const pinned = typed || seen.key || "";
      if (pinned) { need(await isTrusted(head, pinned), "key", "other"); passed("key", pinned.slice(0, 16) + "…"); }
      else { isSure = false; mark("key", "warn", head.public.slice(0, 16) + "…"); }
      for (const one of head.witnesses || []) {
        const message = join(text.encode("karnameh.witness.1\n"), body(head));
        need(await signed(one.public, message, one.signature), "witness", "signature");
        passed("witness", one.name);
      }
      const compared = await checkSeen(head, seen);
      if (compared) passed("heads", number((seen.last || head).number));
      else if (compared === null) { isCompared = false; mark("heads", "warn", page.dataset.offline); }
      if ("totals" in bundle) {
        const total = await checkFigure(bundle);
        passed("totals"); passed("covered"); passed("sum", amount(total));
        say("amount", `${amount(total)} ${(fa ? words.unit_fa : words.unit_en) || ""}`);
        say("entries", number(total[0] - total[1]));
        say("marks", [6, 8, 10, 12].map((n) => number(total[n] - total[n + 1])).join(" / "));
        if ("published" in bundle) passed("published", (await checkPublished(bundle, total))[fa ? "fa" : "en"]);
      }
      for (const one of bundle.receipts || []) {
        const said = await checkReceipt(one, bundle);
        passed("receipt", amount(said.tally));
        if (!("totals" in bundle)) say("amount", `${amount(said.tally)} ${(fa ? words.unit_fa : words.unit_en) || ""}`);
      }
      need("totals" in bundle || (bundle.receipts || []).length, "shape", "empty");
      const isNewer = !seen.last || seen.last.number < head.number;
      keep(head.log, {
        key: pinned || head.public, last: isNewer ? { ...head, witnesses: [] } : seen.last,
        heads: { ...seen.heads, [head.number]: await digest(head) },
      });
      finish(isSure && isCompared ? "good" : "warn", isSure && !isCompared ? "apart" : "");
    } catch (trouble) {
      mark(trouble.step && step(trouble.step) ? trouble.step : "shape", "bad", trouble.message);
      finish("bad");
    }
  };

  const open = async (file) => {
    let bundle = null;
    try { bundle = JSON.parse(await file.text()); } catch { /* said below */ }
    await examine(bundle);
  };
  const input = document.getElementById("verify-file"), drop = document.getElementById("verify-drop");
  input.addEventListener("change", () => { if (input.files[0]) open(input.files[0]); });
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("busy"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("busy"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("busy");
    if (event.dataTransfer.files[0]) open(event.dataTransfer.files[0]);
  });
  const wanted = new URLSearchParams(location.search).get("bundle");
  if (wanted && wanted.startsWith("/") && !wanted.startsWith("//")) {
    fetch(wanted).then((answer) => (answer.ok ? answer.json() : null), () => null).then(examine);
  }
  document.documentElement.dataset.verifier = "ready";
})();
