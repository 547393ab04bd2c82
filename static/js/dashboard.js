// The dashboard: choosing a year shows it at once.

for (const form of document.querySelectorAll("[data-year-form]")) {
  form.querySelector("button").hidden = true;
  for (const select of form.querySelectorAll("select")) {
    select.addEventListener("change", () => form.submit());
  }
}
