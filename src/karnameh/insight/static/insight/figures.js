/* A chip puts a living number where the cursor stands. Without it the words between braces are typed. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-put]");
    if (!chip) return;
    const field = document.getElementById(chip.dataset.into);
    if (!field) return;
    const at = field.selectionStart ?? field.value.length;
    field.setRangeText(chip.dataset.put, at, field.selectionEnd ?? at, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
