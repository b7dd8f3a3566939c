/* Checking in at a venue: heads, no names. */
import { amount, button, choices, field, grouped, h, icon, main, note, say } from "./build.js";
import * as capture from "./capture.js";
import { explain } from "./recording.js";
import * as sending from "./sending.js";
import { isoDay, latin, quantity } from "./words.js";

export const screen = async (app, [given]) => {
  app.title(say("check_in"));
  let how = "team", heads = null, stop = null;
  const trouble = h("div", {});
  const code = h("input", { type: "text", className: "ltr app-code", maxLength: 8, autocomplete: "off", autocapitalize: "characters", spellcheck: false, value: given ?? "" });
  const video = h("video", { className: "app-video", hidden: true, muted: true, playsInline: true });
  const scan = capture.canScan() ? button(say("scan"), async () => {
    if (stop) { stop(); stop = null; video.hidden = true; return; }
    video.hidden = false;
    stop = await capture.scan(video, (found) => { code.value = found; video.hidden = true; stop = null; }).catch(() => { video.hidden = true; return null; });
  }, "btn app-wide", icon("search")) : h("p", { className: "help", text: say("no_scan") });
  const counter = h("output", { className: "app-count", text: grouped(0) });
  const step = (by) => { heads = String(Math.max(0, Number(heads ?? 0) + by)); counter.textContent = grouped(heads); };
  const team = h("div", {}, amount(say("how_many_heads"), say("people"), (typed) => (heads = quantity(typed))));
  const sign = (name, by, css) => { const one = button("", () => step(by), css, icon(by < 0 ? "minus" : "plus")); one.setAttribute("aria-label", one.title = say(name)); return one; };
  const walkUps = h("div", { className: "app-counter", hidden: true }, sign("one_less", -1, "btn"), counter, sign("one_more", 1, "btn btn-main app-plus"));
  const save = async () => {
    const point = latin(code.value).trim().toUpperCase();
    if (!/^[2-9A-Z]{6}$/.test(point)) { code.focus(); return trouble.replaceChildren(note("bad", say("bad_code"))); }
    if (!Number(heads)) return trouble.replaceChildren(note("bad", say("bad_quantity")));
    try {
      const on = isoDay(new Date(await sending.now()));
      const known = app.doc.points.find((one) => one[0] === point);
      await sending.record("check-in", { point, quantity: heads, on, how }, { label: known ? known[1] : point });
      app.said("good", say("saved"));
      app.go("#/");
    } catch (error) { explain(error, trouble); }
  };
  const near = app.doc.points.length ? h("div", { className: "app-block" }, h("h2", { text: say("points_near") }), app.doc.points.map(([pk, name, where]) => button(`${name} · ${where}`, () => { code.value = pk; }, "btn app-hit"))) : null;
  return [scan, video, field(say("code"), code), near,
    choices(say("who_in"), [["team", say("our_team"), ""], ["walk-up", say("walk_ups"), ""]], how, (value) => { how = value; heads = null; counter.textContent = grouped(0); team.hidden = how !== "team"; walkUps.hidden = how === "team"; }),
    team, walkUps, h("p", { className: "help", text: say("heads_help") }), trouble, main(say("check_in_now"), save)];
};
