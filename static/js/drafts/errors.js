// Shows what the server refuses beside its fields and summed up on top, as its own page
// would (components/_field.html, alerts/_errors.html), without loading that page.

import { part } from "./parts.js";

const label = (field) =>
  (field.querySelector("legend, label")?.firstChild?.textContent ?? "").trim();

export function clearErrors(form) {
  for (const shown of form.querySelectorAll(".error-summary, .field-error")) shown.remove();
  for (const field of form.querySelectorAll(".field-invalid")) {
    field.classList.remove("field-invalid");
  }
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
}

function beside(field, input, name, texts) {
  field.classList.add("field-invalid");
  const box = document.createElement("div");
  box.id = `id_${name}_error`;
  for (const text of texts) {
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = text;
    box.append(line);
  }
  (field.querySelector("fieldset") ?? field).append(box);
  input.setAttribute("aria-invalid", "true");
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ");
  input.setAttribute("aria-describedby", [...new Set([...described, box.id])].join(" ").trim());
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
}

// What the server would refuse because it is empty: told at once, so that nobody leaves
// a dead zone believing that the rest goes by itself. Empty when all is there.
export function missing(form) {
  const typed = new FormData(form);
  const errors = {};
  for (const { name, value } of form.attributes) {
    const field = name.match(/^data-missing-(.+)$/)?.[1];
    if (field && !typed.getAll(field).some((text) => text.trim())) errors[field] = [value];
  }
  return errors;
}

// `errors` is {name of the field: [text]}; `__all__` is about the whole form.
export function showErrors(form, errors) {
  clearErrors(form);
  const summary = part("errors");
  for (const [name, texts] of Object.entries(errors)) {
    const field = form.querySelector(`.field-${CSS.escape(name)}`);
    const input = field?.querySelector("input, select, textarea");
    if (input) beside(field, input, name, texts);
    for (const text of texts) {
      const line = document.createElement("li");
      if (input) {
        const link = document.createElement("a");
        link.href = `#${input.id}`;
        link.textContent = `${label(field)}: ${text}`;
        link.onclick = (event) => {
          event.preventDefault();
          input.focus();
        };
        line.append(link);
      } else line.textContent = text;
      summary.querySelector("ul").append(line);
    }
  }
  form.prepend(summary);
  summary.focus();
}
