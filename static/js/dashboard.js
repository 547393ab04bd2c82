// The dashboard: choosing a year shows it at once.

for (const form of document.querySelectorAll("[data-year-form]")) {
  form.querySelector("button").hidden = true;
  form.querySelector("select").addEventListener("change", () => form.submit());
}
