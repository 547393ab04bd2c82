// The report form: a second tap while sending does nothing. The server keeps one report
// for one key in any case.

const form = document.querySelector("form[data-once]");
let isSending = false;

form.addEventListener("submit", (event) => {
  if (event.submitter?.name === "lookup") return;
  if (isSending) {
    event.preventDefault();
    return;
  }
  isSending = true;
  const button = form.querySelector("button.btn-primary");
  button.setAttribute("aria-disabled", "true");
  button.textContent = form.dataset.sending;
});

// A page that comes back with the back button may be sent again.
window.addEventListener("pageshow", () => {
  isSending = false;
});
