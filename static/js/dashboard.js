// The dashboard: choosing a year shows it at once; a link to a note opens it.

for (const form of document.querySelectorAll("[data-year-form]")) {
  form.querySelector("button").hidden = true;
  form.querySelector("select").addEventListener("change", () => form.submit());
}

for (const link of document.querySelectorAll('a[href="#notes"]')) {
  link.addEventListener("click", () => {
    document.querySelector("#notes").open = true;
  });
}
