// Words and pieces of page for drafts, as the template alerts/_drafts.html holds them.

const parts = document.querySelector("[data-draft-parts]")?.content;

export const part = (name) =>
  document.importNode(parts.querySelector(`[data-part="${name}"]`), true);

export const words = (name, values = {}) =>
  parts
    .querySelector(`[data-text="${name}"]`)
    .textContent.replace(/\{(\w+)\}/g, (_whole, key) => values[key]);

// Times as everywhere in the application: Japan's, whatever the device is set to.
const show = (time, how) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Asia/Tokyo",
    timeStyle: "short",
    ...how,
  }).format(time);

export const clock = (time) => show(time, {});
export const dayAndClock = (time) => show(time, { dateStyle: "short" });

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
