// The fields of a form as pairs [name, text], and back.

const TOKEN = "csrfmiddlewaretoken";

export const pairsOf = (form) =>
  [...new FormData(form)].filter(([name, text]) => name !== TOKEN && typeof text === "string");

function write(field, texts) {
  if (field.type === "checkbox" || field.type === "radio") {
    field.checked = texts.includes(field.value);
  } else if (field.type !== "submit" && field.type !== "file" && texts.length) {
    field.value = texts[0];
  }
}

export function fill(form, pairs) {
  for (const field of form.elements) {
    if (!field.name || field.name === TOKEN) continue;
    const texts = pairs.filter(([name]) => name === field.name).map(([, text]) => text);
    write(field, texts);
    const isFilled = field.type === "checkbox" ? field.checked : field.value;
    const fold = field.closest("details");
    if (fold && isFilled && texts.length) fold.open = true;
  }
  // The desk belongs to the municipality; it is looked up where there is a connection.
  form.elements.municipality?.dispatchEvent(new Event("change", { bubbles: true }));
}

// Write the time of a call to 119 or 110, in Japan's time as the server reads it.
export function tick(form, { made, numbers }) {
  for (const number of numbers) {
    const box = form.elements[`has_called_${number}`];
    if (box) box.checked = true;
  }
  const time = form.elements.emergency_called_at;
  if (!time) return;
  const parts = new Intl.DateTimeFormat("ja-JP", {
    timeZone: "Asia/Tokyo",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  time.value = parts.format(made);
}
