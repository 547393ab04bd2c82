// The place on the report form: what postal code or course led to is written into the
// field of the municipality, and a failed look-up is told.

const found = document.getElementById("found");
const desks = document.getElementById("desks");
const municipality = document.querySelector("input[name=municipality]");

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (target === desks && found.textContent === found.dataset.unreachable) {
    found.textContent = "";
  }
  const proposed = found.querySelector("[data-proposed]");
  if (!proposed) return;
  municipality.value = proposed.dataset.proposed;
  // Once only: what the person changes afterwards stays.
  proposed.removeAttribute("data-proposed");
  municipality.dispatchEvent(new Event("input", { bubbles: true }));
});

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail: { target } }) => {
    if (target !== found && target !== desks) return;
    found.textContent = found.dataset.unreachable;
    // The desks of the municipality that stood there before must not be called.
    desks.textContent = "";
  });
}
