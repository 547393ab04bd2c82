// What every page needs: suggestions for municipalities, a calendar beside dates,
// closing menus, focus on errors.

const WAIT_MS = 200;

for (const list of document.querySelectorAll("datalist[data-suggest]")) {
  const input = document.querySelector(`input[list="${list.id}"]`);
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (!input.value.trim()) return;
    timer = setTimeout(async () => {
      const query = new URLSearchParams({ q: input.value });
      // Without a connection nothing is suggested; what is typed counts all the same.
      const answer = await fetch(`${list.dataset.suggest}?${query}`).catch(() => null);
      if (answer?.ok && !answer.redirected) list.innerHTML = await answer.text();
    }, WAIT_MS);
  });
}

// Dates are typed in any Japanese notation; the browser's calendar only fills the text.
for (const input of document.querySelectorAll("input[data-date]")) {
  const picker = document.createElement("input");
  picker.type = "date";
  picker.tabIndex = -1;
  picker.className = "date-picker";
  picker.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-secondary date-button";
  button.textContent = document.body.dataset.calendar;
  const frame = document.createElement("span");
  frame.className = "date-frame";
  input.replaceWith(frame);
  frame.append(input, picker, button);
  button.addEventListener("click", () => picker.showPicker());
  picker.addEventListener("change", () => {
    input.value = picker.value.replaceAll("-", "/");
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// On a phone the navigation is wider than the screen: show where one is.
for (const link of document.querySelectorAll("header nav [aria-current]")) {
  const strip = link.closest("ul");
  strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
}

document.querySelector("[data-autofocus]")?.focus();
