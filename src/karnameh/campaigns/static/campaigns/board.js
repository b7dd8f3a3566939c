/* The board: dragging with what it would meet shown everywhere, and the same with keys alone.
   Without it each card leads to a form that does the same. */
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board || !("may" in board.dataset)) return;
  const { url, by, at } = board.dataset;
  const query = `?by=${by}&at=${at}`;
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const SLOTS = ["morning", "afternoon", "evening"];
  const toast = (text, tone) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone } }));
  const tray = () => document.getElementById("toasts")?.dataset ?? {};
  let held = null; // the line that is in the hand
  let chances = {};

  const put = async (line, values) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    try {
      const answer = await fetch(`${url}lines/${line}/${query}`, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" } });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      const wrap = board.querySelector(".board-wrap");
      const [left, top] = [wrap.scrollLeft, wrap.scrollTop];
      board.innerHTML = await answer.text();
      window.htmx?.process(board); // the rules of a large plan are asked for by themselves
      Object.assign(board.querySelector(".board-wrap"), { scrollLeft: left, scrollTop: top });
      document.getElementById(`l${line}`)?.focus({ preventScroll: false });
    } catch (trouble) {
      toast(trouble instanceof TypeError ? tray().offline : tray().failed, "bad");
    }
  };

  /* --- dragging ------------------------------------------------------------------------------ */
  const clear = () => {
    for (const cell of board.querySelectorAll(".is-open,.is-shut,.is-over")) cell.classList.remove("is-open", "is-shut", "is-over");
    for (const chip of board.querySelectorAll(".is-held")) chip.classList.remove("is-held");
    held = null;
  };
  // In each cell the best part of the day for what is in the hand.
  const best = (cell) => {
    const venue = cell.dataset.venue;
    const found = SLOTS.map((slot) => [chances[`${cell.dataset.day} ${slot} ${venue}`], slot]).filter(([many]) => many !== undefined);
    const same = found.find(([, slot]) => slot === held.dataset.slot);
    const least = Math.min(...found.map(([many]) => many));
    return same && same[0] === least ? same : found.find(([many]) => many === least);
  };
  const light = () => {
    for (const cell of board.querySelectorAll("td[data-cell]")) {
      const found = best(cell);
      if (!found) continue;
      cell.classList.add(found[0] ? "is-shut" : "is-open");
      cell.title = found[0] ? `${found[0]} ${board.dataset.clash}` : board.dataset.free;
    }
  };
  board.addEventListener("dragstart", (event) => {
    const chip = event.target.closest("[data-line]");
    if (!chip) return;
    held = chip;
    chip.classList.add("is-held");
    event.dataTransfer.setData("text/plain", chip.dataset.line);
    event.dataTransfer.effectAllowed = "move";
    chances = {};
    fetch(`${url}lines/${chip.dataset.line}/chances/${query}`)
      .then((answer) => answer.json())
      .then((found) => {
        chances = found;
        if (held) light();
      })
      .catch(() => {});
  });
  board.addEventListener("dragover", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell || !held) return;
    event.preventDefault();
    for (const other of board.querySelectorAll(".is-over")) if (other !== cell) other.classList.remove("is-over");
    cell.classList.add("is-over");
  });
  board.addEventListener("dragend", clear);
  board.addEventListener("drop", (event) => {
    const cell = event.target.closest("[data-cell]");
    if (!cell || !held) return;
    event.preventDefault();
    const line = held.dataset.line;
    const slot = (best(cell) ?? [0, held.dataset.slot || "morning"])[1];
    const values = { when: cell.dataset.day ? `${cell.dataset.day} ${slot}` : "" };
    if (by === "venue" && cell.dataset.venue !== "0") values.venue = cell.dataset.venue;
    clear();
    put(line, values);
  });

  /* --- the same with keys: arrows move a card by days and parts of the day, p holds it ------------ */
  const days = () => [...board.querySelectorAll("thead [data-day]")].map((one) => one.dataset.day);
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  board.addEventListener("keydown", (event) => {
    const chip = event.target.closest("[data-line][draggable]");
    if (!chip || event.ctrlKey || event.metaKey || event.altKey) return;
    const { line, day, slot } = chip.dataset;
    const key = { ح: "p" }[event.key] ?? event.key;
    if (key === "p" || key === "P") {
      event.preventDefault();
      event.stopPropagation();
      if (day) put(line, { do: "pin" });
    } else if (key === "ArrowLeft" || key === "ArrowRight") {
      event.preventDefault();
      const all = days();
      const to = day ? all[all.indexOf(day) + (key === forward ? 1 : -1)] : all[0];
      if (to) put(line, { when: `${to} ${slot || "morning"}` });
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      event.preventDefault();
      const to = SLOTS[SLOTS.indexOf(slot) + (key === "ArrowDown" ? 1 : -1)];
      if (day && to) put(line, { when: `${day} ${to}` });
    } else if (key === "Delete" || key === "Backspace") {
      event.preventDefault();
      if (day) put(line, { when: "" });
    }
  });
})();
