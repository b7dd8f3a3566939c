/* Today, and the queue. */
import { amount, bdi, button, field, grouped, h, icon, note, number, say, shown } from "./build.js";
import { days } from "./recording.js";
import * as sending from "./sending.js";
import * as store from "./store.js";
import { dayWords, isoDay, quantity } from "./words.js";

const TONE = { waiting: "warn", taken: "good", refused: "bad", asked: "warn" };
const named = (app, pk) => app.doc.indicators.find((one) => one[0] === pk);

export const today = async (app) => {
  const { doc } = app;
  app.title(doc.who.name);
  const day = isoDay(new Date(await sending.now()));
  const every = await sending.items();
  const answered = new Set(every.filter((one) => one.kind === "correction" && one.state !== "replaced").map((one) => JSON.parse(one.body).entry));
  const reported = new Set(every.filter((one) => one.kind === "entry" && one.state !== "replaced").map((one) => JSON.parse(one.body)).map((one) => `${one.indicator} ${one.activity ?? ""}`));
  const named_ = (pk) => doc.week.activities.find((one) => one.id === pk)?.name;
  const duties = [
    ...doc.asked.filter((one) => !answered.has(one.entry)).map((one) => h("li", {}, h("a", { className: "app-row app-warn", href: `#/correct/${one.entry}` },
      h("strong", { text: say("asked_by", { who: one.by }) }), " ", bdi(one.words), h("small", {}, bdi(named(app, one.indicator)?.[1] ?? ""), ` · ${number(one.quantity)}`)))),
    ...every.filter((one) => one.state === "refused" || one.state === "asked").map((one) => line(app, one)),
  ];
  if (doc.who.checks && doc.to_check.length)
    duties.push(h("li", {}, h("a", { className: "app-row app-flat", href: "#/check" }, h("strong", { text: say("to_check") }), h("span", { className: "badge badge-info", text: grouped(doc.to_check.length) }))));
  duties.push(...doc.promised.filter((one) => !one[3] && !reported.has(`${one[0]} ${one[1] ?? ""}`) && named(app, one[0]) && due(doc, one[1], day)).map((one) => h("li", {}, h("a", { className: "app-row", href: `#/record/${one[0]}/${one[1] ?? ""}` },
    h("strong", {}, bdi(named(app, one[0])[1])), named_(one[1]) ? h("small", {}, bdi(named_(one[1]))) : null, h("small", { className: "app-do", text: `${say("promised", { n: number(one[2]) })} · ${say("report_it")}` })))));
  return [
    h("p", { className: "lede" }, doc.week.name ? [bdi(doc.week.name), " · "] : "", dayWords(day)),
    h("section", { className: "app-block" }, h("h2", { text: say("for_you") }), duties.length ? folded(duties, MOST_DUTIES) : h("p", { className: "app-empty" }, icon("check"), say("nothing_waits"))),
    doc.who.records || doc.week.activities.length ? h("section", { className: "app-block" }, h("h2", { text: say("this_week") }), week(app, day)) : null,
    doc.sent.length ? h("section", { className: "app-block" }, h("h2", { text: say("what_became") }), folded(doc.sent.slice(0, 30).map((one) => became(app, one)), MOST_SENT)) : null,
  ];
};
const MOST_DUTIES = 4, MOST_SENT = 5;
/* The first few of a list; the others one touch away. */
const folded = (rows, most) => [
  h("ul", { className: "app-list" }, rows.slice(0, most)),
  rows.length > most ? h("details", { className: "app-more" }, h("summary", {}, h("strong", { text: say("more", { n: grouped(rows.length - most) }) }), icon("chevron")), h("ul", { className: "app-list" }, rows.slice(most))) : null,
];
const due = (doc, activity, day) => {
  const one = doc.week.activities.find((a) => a.id === activity);
  return one ? one.takes && one.from <= day : false;
};
const act = (one) => h("div", { className: "app-act" }, h("p", {}, h("strong", {}, bdi(one.name)), one.to > one.from ? h("small", { text: say("until", { day: dayWords(one.to) }) }) : null),
  h("p", { className: "app-facts" }, one.when ? h("span", {}, icon("clock"), shown(one.when)) : null, h("span", {}, icon("map"), bdi(one.where))),
  one.come ? h("small", { text: say("come", { who: shown(one.come) }) }) : null, one.bring ? h("small", { text: say("bring", { what: shown(one.bring) }) }) : null);
/* Each activity once, on the day it begins, or today while it lasts; days that are over are folded away. */
const week = (app, day) => {
  const { days, activities } = app.doc.week;
  if (!days.length || !activities.length) return h("p", { className: "app-empty", text: say("nothing_today") });
  const start = days[0][0];
  const rows = days.map(([on, title]) => {
    const here = activities.filter((one) => (on === day ? one.from <= on && on <= one.to : (one.from < start ? start : one.from) === on));
    return [on, h("li", { className: on === day ? "app-day app-now" : "app-day" },
      h("p", {}, h("strong", { text: dayWords(on) }), " ", h("span", { className: "quiet" }, bdi(title)), on === day ? h("span", { className: "badge badge-info", text: say("now_day") }) : null),
      here.map(act))];
  });
  const past = rows.filter(([on]) => on < day), coming = rows.filter(([on]) => on >= day);
  return [
    coming.length ? h("ol", { className: "app-days" }, coming.map(([, node]) => node)) : h("p", { className: "quiet", text: say("week_over") }),
    past.length ? h("details", { className: "app-more" }, h("summary", {}, h("strong", { text: say("past_days", { n: grouped(past.length) }) }), icon("chevron")), h("ol", { className: "app-days" }, past.map(([, node]) => node))) : null,
  ];
};
const became = (app, one) => {
  const name = named(app, one.indicator)?.[1] ?? say(`kind_${one.kind}`);
  const word = one.undone ? ["bad", "state_undone"] : one.checked !== undefined ? ["good", "state_checked"] : one.settled === "posted" ? ["good", "state_posted"] : one.settled === "dropped" ? ["bad", "state_dropped"] : one.verdict === "new" ? ["info", "state_taken"] : ["bad", "state_refused"];
  const inside = [h("span", {}, bdi(name), one.quantity ? ` · ${number(one.quantity)}` : ""), h("span", { className: `badge badge-${word[0]}`, text: say(word[1], { n: number(one.checked) }) })];
  const own = one.kind === "entry" && one.verdict === "new" && !one.undone;
  return h("li", {}, own ? h("a", { className: "app-row app-flat", href: `#/correct/${one.entry}` }, inside) : h("div", { className: "app-row app-flat" }, inside));
};

/* One line of the queue, with a way to mend what was refused, and one out for what waits in vain. */
const LONG = 3; // times that the site did not know what it is about
const line = (app, item, spoilt = new Map()) => {
  const body = JSON.parse(item.body);
  const again = async (change) => { await sending.record(item.kind, { ...body, ...change, mends: undefined }, { label: item.label, mends: item }); app.again(); sending.send(); };
  const ways = item.state === "asked"
    ? h("div", { className: "app-pair" }, button(say("was_it", { day: dayWords(item.day) }), () => again({ on: item.day, sure: true }), "btn btn-main"), button(say("give_up"), () => sending.giveUp(item).then(app.again), "btn"))
    : item.state === "refused"
      ? h("div", { className: "app-pair" }, h("a", { className: "btn btn-main", href: `#/item/${item.id}`, text: say("mend") }), button(say("give_up"), () => sending.giveUp(item).then(app.again), "btn"))
      : item.state === "waiting" && item.waits >= LONG ? h("div", {}, button(say("give_up"), () => sending.giveUp(item).then(app.again), "btn app-wide")) : null;
  return h("li", { className: "app-item" }, h("p", {}, h("strong", {}, bdi(item.label || say(`kind_${item.kind}`))), body.quantity ? ` · ${number(body.quantity)}` : "", " ",
    h("span", { className: `badge badge-${TONE[item.state]}`, text: say(`state_${item.state}`) })), (body.files ?? []).filter((one) => spoilt.has(one.sha256)).map((one) => h("p", { className: "app-why", text: spoilt.get(one.sha256) })), item.sentence && item.state !== "taken" ? h("p", { className: "app-why", text: item.sentence }) : null, ways);
};

export const queue = async (app) => {
  app.title(say("queue"));
  const every = (await sending.items()).filter((one) => one.state !== "replaced");
  const waiting = every.filter((one) => one.state === "waiting");
  const spoilt = new Map((await store.all("files")).filter((one) => one.refused).map((one) => [one.id, one.refused]));
  const persisted = await navigator.storage?.persisted?.().catch(() => false);
  const order = ["asked", "refused", "waiting", "taken"];
  every.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.made - a.made);
  return [
    h("div", { className: "app-stack" }, button(sending.state.busy ? say("sending") : say("send_now"), () => sending.send(), "btn btn-main", icon("export"))),
    persisted === false ? note("warn", say("not_kept")) : null,
    every.length ? h("ul", { className: "app-list" }, every.slice(0, 120).map((one) => line(app, one, spoilt))) : h("p", { className: "app-empty", text: say("empty_queue") }),
    waiting.length ? h("div", { className: "app-block" }, button(say("save_file"), () => saveFile(waiting), "btn app-wide", icon("download")), h("p", { className: "help", text: say("save_file_help") })) : null,
    h("div", { className: "app-block app-stack" }, app.install ? button(say("install"), app.install, "btn", icon("plus")) : null, h("a", { className: "btn", href: document.documentElement.dataset.site, text: say("site") }),
      h("a", { className: "btn btn-bad", href: "#/leave" }, icon("sign-out"), ` ${say("forget")}`)),
  ];
};
/* The queue as a file: for a phone that cannot send, and before it is signed out. */
const saveFile = (waiting) => {
  const rows = waiting.map(({ id, kind, made, body, hash }) => ({ id, kind, made, body, hash }));
  const file = new Blob([JSON.stringify({ karnameh: "field queue", device: store.mine().device, items: rows })], { type: "application/json" });
  const link = h("a", { href: URL.createObjectURL(file), download: `karnameh-${isoDay(new Date())}.json` });
  document.body.append(link);
  link.click();
  link.remove();
};

const unsent = async () => {
  const every = await sending.items();
  const named = new Set(every.filter((one) => one.state !== "replaced").flatMap((one) => (JSON.parse(one.body).files ?? []).map((file) => file.sha256)));
  return {
    waiting: every.filter((one) => one.state === "waiting"),
    photos: (await store.all("files")).filter((one) => named.has(one.id) && !one.done && !one.refused).length,
  };
};
/* Signing out erases the phone: what is not sent is offered a way first, and given up only on purpose. */
export const leave = async (app) => {
  app.title(say("forget"));
  const { waiting, photos } = await unsent();
  const sure = h("input", { type: "checkbox", on: { change: () => { out.disabled = !sure.checked; } } });
  const out = button(say("forget"), async () => {
    const now = await unsent(); // another tab may have recorded something since this was drawn
    if (!sure.checked && (now.waiting.length || now.photos)) return app.again();
    await store.wipe();
    return app.restart("wiped");
  }, "btn btn-bad", icon("sign-out"));
  out.disabled = waiting.length > 0 || photos > 0;
  const left = waiting.length || photos;
  return [
    left ? note("warn", say(!photos ? "leave_records" : waiting.length ? "leave_waiting" : "leave_photos", { n: grouped(waiting.length), photos: grouped(photos) })) : h("p", { text: say("leave_empty") }),
    left ? h("div", { className: "app-stack" }, button(say("send_now"), () => sending.send().then(app.again), "btn btn-main", icon("export")), waiting.length ? button(say("save_file"), () => saveFile(waiting), "btn", icon("download")) : null) : null,
    left ? h("label", { className: "check" }, sure, ` ${say("leave_sure")}`) : null,
    h("div", { className: "app-stack" }, out, button(say("stay"), () => app.go("#/queue"), "btn")),
  ];
};

/* Mend what was refused: the number, the day, or the activity that does not take it. */
export const mend = async (app, [id]) => {
  const item = (await sending.items()).find((one) => one.id === id);
  if (!item) return queue(app);
  app.title(say("mend"));
  const body = JSON.parse(item.body);
  const indicator = named(app, body.indicator);
  const money = Boolean(indicator?.[5]);
  let read = body.quantity;
  const day = h("select", {}, (await days()).map((iso) => h("option", { value: iso, text: dayWords(iso), selected: iso === body.on })));
  const remark = h("textarea", { rows: 2, maxLength: 280, value: body.note ?? "" });
  const again = async () => {
    const change = { ...body, quantity: read, note: remark.value, mends: undefined };
    if ("on" in body) change.on = day.value;
    if (item.mend === "activity") delete change.activity;
    await sending.record(item.kind, change, { label: item.label, mends: item });
    app.go("#/queue");
    sending.send();
  };
  return [note("bad", item.sentence), h("p", {}, h("strong", {}, bdi(item.label))),
    "quantity" in body ? amount(say("how_much"), indicator?.[2] ?? "", (typed) => { const found = quantity(typed, money ? 0 : (indicator?.[4] ?? 0)); read = found === null ? null : money ? `${found}0` : found; return found; }, { value: body.quantity ? grouped(money ? body.quantity.slice(0, -1) : body.quantity) : "", money }) : null,
    "on" in body ? field(say("which_day"), day) : null, field(say("note"), remark, say("note_help")), h("div", { className: "app-foot" }, button(say("save"), again, "btn btn-main"))];
};
