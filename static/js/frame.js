// What every page needs: suggestions for municipalities, closing menus, focus on errors.

const WAIT_MS = 200;

for (const list of document.querySelectorAll("datalist[data-suggest]")) {
  const input = document.querySelector(`input[list="${list.id}"]`);
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (!input.value.trim()) return;
    timer = setTimeout(async () => {
      const query = new URLSearchParams({ q: input.value });
      const answer = await fetch(`${list.dataset.suggest}?${query}`);
      if (answer.ok && !answer.redirected) list.innerHTML = await answer.text();
    }, WAIT_MS);
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

document.querySelector("[data-autofocus]")?.focus();
