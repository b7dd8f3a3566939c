/* Counting again what others reported; correcting what was asked about. */
import { amount, bdi, button, field, h, icon, main, note, number, say } from "./build.js";
import { attachments, explain } from "./recording.js";
import * as sending from "./sending.js";
import { dayWords, quantity, terms } from "./words.js";

const MANY = 6; // rows: from there on it is quicker to type the name of a place

const named = (app, pk) => app.doc.indicators.find((one) => one[0] === pk) ?? [pk, String(pk), "", 0, 0, 0];

export const list = async (app) => {
  app.title(say("to_check"));
  const done = new Set((await sending.items()).filter((one) => one.kind === "verification" && one.state !== "replaced").map((one) => JSON.parse(one.body).report));
  const rows = app.doc.to_check.filter((one) => !done.has(one.entry));
  if (!rows.length) return [h("p", { className: "app-empty", text: say("none_to_check") })];
  const lines = rows.map((one) => h("li", {}, h("a", { href: `#/check/${one.entry}`, className: "app-row" }, h("strong", {}, bdi(named(app, one.indicator)[1])), h("small", {}, bdi(one.unit), " · ", bdi(one.where), ` · ${dayWords(one.on)}`))));
  const search = h("input", { type: "search", autocomplete: "off", on: { input: () => {
    const wanted = terms(search.value);
    for (const line of lines) line.hidden = !wanted.every((term) => line.textContent.toLowerCase().includes(term));
  } } });
  return [h("p", { className: "quiet", text: say("to_check_help") }), rows.length > MANY ? field(say("find_near"), search) : null, h("ul", { className: "app-list" }, lines)];
};

export const one = async (app, [entry]) => {
  const task = app.doc.to_check.find((row) => row.entry === entry);
  if (!task) return list(app);
  const [, name, unit, , decimals, money] = named(app, task.indicator);
  app.title(say("check"));
  let counted = null;
  const attached = attachments();
  const trouble = h("div", {});
  const remark = h("textarea", { rows: 2, maxLength: 400 });
  const save = async () => {
    if (counted === null) return trouble.replaceChildren(note("bad", say("bad_quantity")));
    try {
      const { rows, body } = await attached.done();
      await sending.record("verification", { report: entry, quantity: money ? `${counted}0` : counted, note: remark.value, ...body }, { files: rows, label: name });
      app.said("good", say("saved"));
      app.go("#/check");
    } catch (error) { explain(error, trouble); }
  };
  return [h("p", {}, h("strong", {}, bdi(name)), h("br"), h("small", {}, bdi(task.unit), " · ", bdi(task.where), ` · ${dayWords(task.on)}`)),
    amount(say("counted"), unit, (typed) => (counted = quantity(typed, money ? 0 : decimals)), { money: Boolean(money) }), attached.node, field(say("note"), remark, say("note_help")), trouble, main(say("save"), save)];
};

/* Correct an entry: because somebody asked, or because the holder saw it himself. */
export const correct = async (app, [entry]) => {
  const asked = app.doc.asked.find((row) => row.entry === entry);
  const own = app.doc.sent.find((row) => row.entry === entry);
  const about = asked ?? own;
  if (!about) return [h("p", { className: "app-empty", text: say("nothing_waits") })];
  const [, name, unit, , decimals, money] = named(app, about.indicator);
  app.title(say("correct"));
  let right = null;
  const trouble = h("div", {});
  const why = h("textarea", { rows: 2, maxLength: 280 });
  const send = async (body) => {
    if (!body.stands && !why.value.trim()) return trouble.replaceChildren(note("bad", say("say_why")));
    if (!body.stands && !body.takes_back && right === null) return trouble.replaceChildren(note("bad", say("bad_quantity")));
    try {
      const mine = (await sending.items()).find((row) => row.id === entry);
      const also = [mine ? (JSON.parse(mine.body).mends ?? []) : []].flat();
      await sending.record("correction", { entry, ...(also.length ? { also } : {}), note: why.value.trim(), ...body }, { label: name });
      app.said("good", say("saved"));
      app.go("#/");
    } catch (error) { explain(error, trouble); }
  };
  return [
    asked ? h("div", { className: "notice notice-warn" }, h("p", {}, h("strong", { text: say("asked_by", { who: asked.by }) }), " ", bdi(asked.words))) : null,
    h("p", {}, h("strong", {}, bdi(name)), ` · ${number(about.quantity)} ${unit} · ${dayWords(about.on)}`),
    amount(say("right_is"), unit, (typed) => (right = quantity(typed, money ? 0 : decimals)), { money: Boolean(money) }), field(say("why_wrong"), why), trouble,
    h("div", { className: "app-stack" }, asked ? button(say("it_stands"), () => send({ stands: true }), "btn") : null, button(say("take_back"), () => send({ takes_back: true }), "btn btn-bad")),
    main(say("correct"), () => send({ quantity: money ? `${right}0` : right }))];
};
