/* Record what was done: what, how much, where, a photo. */
import { amount, bdi, button, choices, field, grouped, h, icon, main, note, number, say } from "./build.js";
import * as capture from "./capture.js";
import * as sending from "./sending.js";
import * as store from "./store.js";
import { dayWords, isoDay, quantity, terms } from "./words.js";

const FAR = 5; // as in the ledger's rules
const FEW = 5;

/* Photos, a voice note and a rough position, for any item. `before` is what was there when the lock fell. */
export const attachments = (before = null) => {
  const files = [];
  let near = before?.near ?? null;
  const list = h("div", { className: "app-files" });
  const consent = h("input", { type: "checkbox" });
  const agreed = h("label", { className: "check", hidden: true }, consent, ` ${say("consent")}`);
  const add = async (data, kind, shownAs, at = null) => {
    const taken = at ?? (await sending.now());
    const entry = { data, kind, taken };
    files.push(entry);
    const line = h("div", { className: "app-file" }, shownAs, button(say("remove"), () => {
      files.splice(files.indexOf(entry), 1);
      line.remove();
      agreed.hidden = !files.some((one) => one.kind === "photo");
    }, "btn btn-quiet btn-small"));
    list.append(line);
    if (kind === "photo") agreed.hidden = false;
  };
  const picker = h("input", { type: "file", accept: "image/*", capture: "environment", className: "hide", tabIndex: -1, "aria-label": say("photo"), on: { change: async () => {
    for (const file of picker.files) {
      const made = await capture.shrink(file).catch(() => null);
      if (made && files.length < 4) await add(made.data, "photo", made.canvas);
    }
    picker.value = "";
  } } });
  const voice = capture.canRecord() ? button(say("voice"), async (event) => {
    const self = event.currentTarget;
    if (self.stop) return self.stop();
    const before = self.textContent;
    let seconds = 0;
    self.stop = await capture.listenTo((data) => { clearInterval(clock); self.textContent = before; self.stop = null; add(data, "voice", h("span", { text: say("voice") })); }).catch(() => null);
    const clock = setInterval(() => { if (self.stop) self.textContent = say("voice_stop", { n: grouped(++seconds) }); }, 1000);
    if (!self.stop) clearInterval(clock);
  }) : null;
  const place = button(say("here"), async (event) => {
    near = await capture.roughly();
    event.target.textContent = near ? say("here_is") : say("no_position");
  }, "btn btn-quiet", icon("map"));
  consent.checked = Boolean(before?.consent);
  for (const one of before?.files ?? [])
    capture.again(one).then(({ data, shownAs }) => add(data, one.kind, shownAs ?? h("span", { text: say("voice") }), one.taken));
  return {
    node: h("section", { className: "app-block" }, h("h2", {}, say("photo"), " ", h("small", { className: "quiet", text: `(${say("photo_help")})` })),
      picker, h("div", { className: "app-pair" }, button(say("take_photo"), () => picker.click()), voice), list, agreed, place),
    typed: () => ({ near, consent: consent.checked, files: files.map((one) => ({ ...one, data: capture.letters(one.data) })) }),
    done: async () => {
      const made = await Promise.all(files.map((one) => capture.kept(one.data, one.kind, one.taken, consent.checked)));
      return { rows: made.map((one) => one.row), body: { ...(made.length ? { files: made.map((one) => one.named) } : {}), ...(near ? { near } : {}) } };
    },
  };
};
export const explain = (error, at) => {
  const full = error?.name === "QuotaExceededError" || error?.target?.error?.name === "QuotaExceededError";
  at.replaceChildren(note("bad", full ? say("storage_full") : String(error?.message ?? error)));
  at.scrollIntoView({ block: "center" });
  if (!full) throw error;
};
export const days = async () => {
  const present = await sending.now();
  return [0, 1, 2, 3, 4, 5, 6].map((ago) => isoDay(new Date(present - ago * 86400e3)));
};

/* Of whom or what, when the indicator is cut that way: not disaggregated unless the holder says so. */
const cuts = (doc, codes, chosen) =>
  (doc.cuts ?? []).filter(([code]) => codes.includes(code)).map(([code, name, parts]) => {
    const pick = h("select", { on: { change: () => { if (pick.value) chosen.parts[code] = pick.value; else delete chosen.parts[code]; } } },
      h("option", { value: "", text: say("not_cut") }), parts.map(([part, label]) => h("option", { value: part, text: label, selected: chosen.parts[code] === part })));
    return field(name, pick);
  });

/* What is being typed is kept, sealed, when the lock falls or the app is put away: a browser in want of memory
   ends the app while its holder takes a photo. It comes back when he records again. */
let typing = null;
export const keepTyped = () => typing && store.keepSealed("draft", { hash: location.hash, ...typing() }).catch(() => {}); // a full store
export const forgetTyped = () => { if (typing) store.drop("meta", "draft"); typing = null; };
const typedBefore = async () => {
  const box = await store.meta("draft");
  const draft = box?.iv ? await store.opened(box) : null;
  return draft && (/^#\/record\/?$/.test(location.hash) || draft.hash === location.hash) ? draft : null;
};

/* `before` is what was recorded last, when the same is recorded again. */
export const screen = async (app, [wanted, activity], before = null) => {
  const doc = app.doc;
  const draft = await typedBefore();
  const by = new Map(doc.indicators.map((one) => [one[0], one]));
  const promised = doc.promised.filter((one) => by.has(one[0]));
  const plan = (pk) => promised.find((one) => one[0] === pk && (!chosen.activity || one[1] === chosen.activity));
  const lately = await days();
  const chosen = {
    indicator: Number(wanted) || null, activity: Number(activity) || null, quantity: null, place: before?.place ?? doc.who.place,
    on: lately.includes(before?.on) ? before.on : lately[0], parts: { ...before?.parts }, sure: false, about: false, unknown: false, ...draft?.chosen,
  };
  const trouble = h("div", {});
  const rest = h("div", {});
  const attached = attachments(draft?.attached);
  const first = [...new Set([...promised.filter((one) => !one[3]).map((one) => one[0]), ...doc.fitting])].filter((pk) => by.has(pk)).slice(0, FEW);
  const more = h("div", { hidden: first.length > 0 });
  const promise = (pk) => { const one = plan(pk); return one?.[2] ? say("promised", { n: number(one[2]) }) : ""; };
  const what = h("div", {});
  const choose = (pk) => { chosen.indicator = pk; chosen.parts = {}; chosen.typed = ""; showWhat(); ask(); };
  const showWhat = () => {
    const one = by.get(chosen.indicator);
    const event = doc.week.activities.find((found) => found.id === chosen.activity);
    more.hidden = Boolean(one || first.length);
    what.replaceChildren(...[one
      ? h("div", { className: "app-chosen" }, h("p", {}, h("strong", {}, bdi(one[1])), event ? h("small", {}, bdi(event.name)) : null, promise(one[0]) ? h("small", { text: promise(one[0]) }) : null),
        button(say("change"), () => { chosen.indicator = chosen.activity = null; rest.replaceChildren(); showWhat(); what.querySelector("input")?.focus(); }, "btn btn-quiet"))
      : !first.length ? [] : choices(say("what_done"), [...first.map((pk) => [String(pk), by.get(pk)[1], promise(pk)]), ["", say("something_else"), ""]], null,
        (value) => { if (value) choose(Number(value)); else { more.hidden = false; search.focus(); more.scrollIntoView({ block: "center" }); } })].flat());
  };
  const found = h("div", { className: "app-found", "aria-live": "polite" });
  const search = h("input", { type: "search", autocomplete: "off", on: { input: () => {
    const wanted = terms(search.value);
    const hits = wanted.length ? doc.indicators.filter((one) => wanted.every((term) => one[1].toLowerCase().includes(term))).slice(0, 12) : [];
    found.replaceChildren(...(wanted.length && !hits.length ? [h("p", { className: "app-empty", text: say("nothing_found") })] : hits.map((one) => button(one[1], () => choose(one[0]), "btn app-hit"))));
  } } });
  more.append(field(say(first.length ? "search" : "what_done"), search), found);

  const ask = () => {
    const [pk, , unit, , decimals, money, cut = []] = by.get(chosen.indicator);
    const warn = h("div", {});
    const judge = (typed) => {
      const read = quantity(typed, money ? 0 : decimals);
      chosen.typed = typed.trim();
      chosen.quantity = read === null ? null : money ? `${read}0` : read;
      const expected = Number(plan(pk)?.[2] ?? 0);
      const times = expected > 0 && chosen.quantity ? Number(chosen.quantity) / expected : 0;
      chosen.far = times >= FAR;
      chosen.sure = false;
      const sure = h("input", { type: "checkbox", on: { change: () => { chosen.sure = sure.checked; } } });
      warn.replaceChildren(...(chosen.far ? [h("div", { className: "app-far", role: "alert" }, h("p", { text: say("far", { n: grouped(Math.round(times)) }) }), h("label", { className: "check" }, sure, ` ${say("sure")}`))] : []));
      return read;
    };
    const flags = ["about", "unknown"].map((name) => {
      const box = h("input", { type: "checkbox", checked: chosen[name], on: { change: () => { chosen[name] = box.checked; } } });
      return h("label", { className: "check" }, box, ` ${say(name === "about" ? "about" : "not_known")}`);
    });
    const day = h("select", { on: { change: () => { chosen.on = day.value; sum(); } } },
      lately.map((iso, n) => h("option", { value: iso, text: n ? dayWords(iso) : `${dayWords(iso)} (${say("now_day")})`, selected: iso === chosen.on })));
    const where = h("select", { on: { change: () => { chosen.place = Number(where.value); sum(); } } }, doc.places.map(([place, name]) => h("option", { value: place, text: name, selected: place === chosen.place })));
    const parts = cuts(doc, cut, chosen);
    const remark = h("textarea", { rows: 2, maxLength: 400, value: chosen.note ?? "", on: { input: () => { chosen.note = remark.value; } } });
    const said = h("span", { className: "app-said" });
    const sum = () => said.replaceChildren(bdi(day.selectedOptions[0]?.text ?? ""), " · ", bdi(where.selectedOptions[0]?.text ?? ""), ...parts.flatMap((one) => { const pick = one.querySelector("select"); return pick.value ? [" · ", bdi(pick.selectedOptions[0].text)] : []; }));
    for (const one of parts) one.addEventListener("change", sum);
    const big = amount(money || !unit ? say("how_much") : say("how_many", { unit }), unit, judge, { money: Boolean(money), value: chosen.typed ?? "" });
    const input = big.querySelector("[data-quantity]");
    const again = before?.typed && before.indicator === pk ? button(say("as_before", { n: before.typed }), () => { input.value = before.typed; input.dispatchEvent(new Event("input")); }, "btn btn-quiet") : null;
    rest.replaceChildren(big, ...[again].filter(Boolean), warn, attached.node,
      h("details", { className: "app-more", open: Boolean(before || draft) }, h("summary", {}, h("span", {}, h("strong", { text: say("details") }), said), icon("chevron")),
        h("div", { className: "app-inside" }, field(say("which_day"), day), field(say("where"), where), parts, flags, field(say("note"), remark, say("note_help")))),
      trouble, main(say("save"), save));
    sum();
    typing = () => ({ chosen, attached: attached.typed() });
    input.focus({ preventScroll: true });
    what.scrollIntoView({ block: "nearest" });
  };
  const save = async () => {
    if (!chosen.indicator) return trouble.replaceChildren(note("bad", say("choose_what")));
    if (!chosen.unknown && chosen.quantity === null) return trouble.replaceChildren(note("bad", say(chosen.typed ? "bad_quantity" : "missing_quantity")));
    if (chosen.far && !chosen.sure && !chosen.unknown) return rest.querySelector(".app-far").scrollIntoView({ block: "center" });
    try {
      const { rows, body } = await attached.done();
      const activity_ = chosen.activity ?? fittingActivity(doc, chosen);
      const label = by.get(chosen.indicator)[1];
      await sending.record("entry", {
        unit: doc.who.unit, indicator: chosen.indicator, quantity: chosen.unknown ? null : chosen.quantity, on: chosen.on,
        place: chosen.place, ...(activity_ ? { activity: activity_ } : {}), ...(chosen.about ? { qualifier: 3 } : {}),
        ...(Object.keys(chosen.parts).length ? { parts: chosen.parts } : {}),
        ...(chosen.note ? { note: chosen.note } : {}), written: chosen.typed ?? "", ...body,
      }, { files: rows, label });
      // Sealed like everything that says something: it is what the next one is like.
      await store.keepSealed("last", { indicator: chosen.indicator, activity: chosen.activity, place: chosen.place, on: chosen.on, parts: chosen.parts, typed: chosen.typed });
      forgetTyped();
      app.go("#/saved");
    } catch (error) {
      explain(error, trouble);
    }
  };
  app.title(say("record"));
  if (chosen.indicator && !by.has(chosen.indicator)) chosen.indicator = null;
  if (!lately.includes(chosen.on)) chosen.on = lately[0];
  showWhat();
  if (chosen.indicator) queueMicrotask(() => ask());
  const repeat = await repeated(by);
  return [repeat && !wanted && !before ? button(`${say("another")}: ${repeat}`, () => app.go("#/record/again"), "btn app-wide", icon("copy")) : null, what, more, rest];
};
/* What was recorded last, opened; and its name for the button. */
const lastOne = async () => {
  const box = await store.meta("last");
  return box?.iv ? store.opened(box) : null;
};
const repeated = async (by) => by.get((await lastOne())?.indicator)?.[1] ?? "";
/* The same again: for a list of villages, or for women and then men. */
export const again = async (app) => {
  const last = await lastOne();
  return screen(app, [last?.indicator, last?.activity], last);
};
/* The activity whose promise this fulfils, when there is only one and its day has come. */
const fittingActivity = (doc, chosen) => {
  const rows = doc.promised.filter((one) => one[0] === chosen.indicator);
  const there = rows.map((one) => doc.week.activities.find((a) => a.id === one[1])).filter((a) => a?.takes && a.from <= chosen.on);
  return there.length === 1 ? there[0].id : null;
};

export const saved = async (app) => {
  app.title(say("record"));
  return [h("div", { className: "app-done" }, icon("check"), h("p", { text: say("saved") })),
    h("div", { className: "app-stack" }, button(say("another"), () => app.go("#/record/again"), "btn btn-main", icon("copy")), button(say("today"), () => app.go("#/"), "btn"))];
};
