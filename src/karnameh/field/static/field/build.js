/* Making pieces of a page: text is always text. */
import { grouped, say, shown, words } from "./words.js";

export const h = (name, options = {}, ...inside) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, heard] of Object.entries(value)) node.addEventListener(event, heard);
    else if (key === "text") node.textContent = value;
    else if (key in node && !["list", "form", "role"].includes(key) && !key.startsWith("aria")) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...inside.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
  return node;
};
export const bdi = (text) => h("bdi", { text });
export const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
};
/* A second touch while the first is still at work is the same touch. */
const once = (act) => {
  let busy = false;
  return async (event) => {
    if (busy) return;
    busy = true;
    try { await act(event); } finally { busy = false; }
  };
};
export const button = (label, act, css = "btn", ...before) =>
  h("button", { type: "button", className: css, on: { click: once(act) } }, ...before, ` ${label}`);
export const main = (label, act) => h("div", { className: "app-foot" }, button(label, act, "btn btn-main"));
export const note = (tone, text, ...more) =>
  h("div", { className: `notice notice-${tone}`, role: tone === "bad" ? "alert" : null }, h("p", { text }), ...more);
let count = 0;
export const field = (label, control, help = "") => {
  control.id ||= `f${++count}`;
  const about = help ? h("p", { className: "help", id: `${control.id}h`, text: help }) : null;
  if (about) control.setAttribute("aria-describedby", about.id);
  return h("div", { className: "field" }, h("label", { htmlFor: control.id, text: label }), control, about);
};
/* Large choices, one of which is taken. `rows` are [value, label, small]. */
export const choices = (legend, rows, chosen, heard) => {
  const name = `c${++count}`;
  return h("fieldset", { className: "app-choices" }, h("legend", { text: legend }),
    rows.map(([value, label, small]) =>
      h("label", { className: "app-choice" },
        h("input", { type: "radio", name, value, checked: value === chosen, on: { change: () => heard(value) } }),
        h("span", {}, bdi(label)), small ? h("small", { text: small }) : null)));
};
/* The large number with its words beneath. Answers through `heard` on every change. */
export const amount = (label, unit, heard, { value = "", money = false } = {}) => {
  const echo = h("p", { className: "echo", "aria-live": "polite" });
  const input = h("input", { type: "text", inputMode: "decimal", className: "input-big", autocomplete: "off", value, "data-quantity": true });
  const tell = () => {
    const found = heard(input.value);
    const whole = found && !found.includes(".") ? found : "";
    echo.textContent = whole && document.documentElement.lang !== "en" ? `${words(whole)} ${money ? say("toman") : unit}` : found ? `${grouped(found)} ${money ? say("toman") : unit}` : "";
  };
  input.addEventListener("input", tell);
  queueMicrotask(tell);
  const box = field(label, input);
  box.append(echo);
  const row = h("div", { className: "app-amount" });
  input.replaceWith(row);
  row.append(input, h("span", { className: "app-unit", text: money ? say("toman") : unit }));
  return box;
};
export const number = (value) => (value === null || value === undefined ? "—" : grouped(value));
export { grouped, say, shown };
