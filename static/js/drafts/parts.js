// Words and pieces of page for drafts, as the template alerts/_drafts.html holds them.

const parts = document.querySelector("[data-draft-parts]")?.content;

export const part = (name) =>
  document.importNode(parts.querySelector(`[data-part="${name}"]`), true);

export const words = (name, values = {}) =>
  parts
    .querySelector(`[data-text="${name}"]`)
    .textContent.replace(/\{(\w+)\}/g, (_whole, key) => values[key]);

export const clock = (time) =>
  new Date(time).toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
  });

// Open a dialog; `act` gets it first. Gives true for yes, false for anything else.
export function question(name, act) {
  const dialog = part(name);
  document.body.append(dialog);
  act?.(dialog);
  return new Promise((resolve) => {
    dialog.querySelector("[data-yes]").onclick = () => dialog.close("yes");
    dialog.querySelector("[data-no]").onclick = () => dialog.close();
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    };
    dialog.showModal();
  });
}
