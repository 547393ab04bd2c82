// Counts what is entered in the sheet of paper slips, beside the sums from the paper.

const sheet = document.querySelector(".slip-grid");
const shown = sheet.querySelector("[data-entered]");

const read = (text) => text.normalize("NFKC").trim();
const count = (text) => (/^\d+$/.test(read(text)) ? Number(read(text)) : 0);

function clock(text) {
  const match = read(text).match(/^(\d{1,2})(?::|時)(\d{1,2})?/);
  return match ? Number(match[1]) * 60 + Number(match[2] ?? 0) : null;
}

function minutesOf(row) {
  const value = (name) => row.querySelector(`[name$="-${name}"]`).value;
  const begin = clock(value("started_at"));
  const end = clock(value("ended_at"));
  if (begin !== null && end !== null && end > begin) return end - begin;
  return count(value("duration_minutes"));
}

function isFilled(row) {
  return [...row.querySelectorAll("[name]")].some((field) => read(field.value));
}

function update() {
  const rows = [...sheet.querySelectorAll("tbody tr")].filter(isFilled);
  const minutes = rows.reduce((sum, row) => sum + minutesOf(row), 0);
  const expected = (name) => count(sheet.querySelector(`[name="check-${name}"]`).value);
  shown.querySelector("[data-slips]").textContent = rows.length;
  shown.querySelector("[data-minutes]").textContent = minutes;
  shown.dataset.agrees =
    rows.length > 0 && expected("slips") === rows.length && expected("minutes") === minutes;
}

shown.hidden = false;
sheet.addEventListener("input", update);
sheet.addEventListener("change", update);
update();
