// The month sheet: totals while typing, Enter and arrows between the cells, and a
// question before changes are lost. Saving and checking happen on the server.

const sheet = document.querySelector("[data-sheet]");
const COUNT = /^(\d+|\d{1,3}(,\d{3})+)$/;
const language = document.documentElement.lang;

// Like core.text.parse_count: null for blank and for what the server will refuse.
const read = (text) => {
  const plain = text.normalize("NFKC").trim();
  return COUNT.test(plain) ? Number(plain.replaceAll(",", "")) : null;
};
const cells = (column) => [...sheet.querySelectorAll(`input[data-column="${column}"]`)];

function showTotals() {
  for (const total of sheet.querySelectorAll("[data-total]")) {
    const counts = cells(total.dataset.total)
      .map((input) => read(input.value))
      .filter((count) => count !== null);
    const sum = counts.reduce((a, b) => a + b, 0);
    total.textContent = counts.length ? sum.toLocaleString(language) : "–";
  }
  const rows = [...sheet.querySelectorAll("[data-row]")].filter((row) =>
    [...row.querySelectorAll("input[data-column]")].some((i) => read(i.value) !== null)
  );
  sheet.querySelector("[data-sessions]").textContent = rows.length;
}

function move(event) {
  const input = event.target;
  if (!input.matches("input[data-column]") || event.isComposing) return;
  const all = [...sheet.querySelectorAll("input[data-column]")];
  const column = cells(input.dataset.column);
  const row = column.indexOf(input);
  const atStart = input.selectionEnd === 0 || input.selectionStart < input.selectionEnd;
  const atEnd = input.selectionStart === input.value.length || atStart;
  const target = {
    Enter: column[row + (event.shiftKey ? -1 : 1)] ?? sheet.querySelector("[type=submit]"),
    ArrowDown: column[row + 1],
    ArrowUp: column[row - 1],
    ArrowLeft: atStart ? all[all.indexOf(input) - 1] : undefined,
    ArrowRight: atEnd ? all[all.indexOf(input) + 1] : undefined,
  }[event.key];
  if (event.key === "Enter") event.preventDefault();
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.select?.();
}

let changed = sheet.querySelector("[aria-invalid]") !== null;
sheet.addEventListener("input", () => {
  changed = true;
  showTotals();
});
sheet.addEventListener("keydown", move);
sheet.addEventListener("submit", () => {
  changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
showTotals();
