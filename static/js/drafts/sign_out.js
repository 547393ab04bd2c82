// Signing out: asks first when something has not been sent, and leaves nothing of this
// person on the device.

import { question, words } from "./parts.js";
import { hurry, listen, tell, watchPerson } from "./sender.js";
import * as vault from "./vault.js";

const unsent = async () => (await vault.list()).filter(vault.isUnsent);
const keepAll = () => Promise.all(vault.beforeLeaving.map((act) => act()));
let isLeaving = false;

async function sendAnyway(dialog) {
  for (const record of await unsent()) {
    await vault.settle(record, (now) => ({ ...now, state: "sending" }));
  }
  await hurry();
  const left = (await unsent()).length;
  dialog.querySelector("[data-words]").textContent = words(left ? "stuck" : "clear", {
    n: left,
  });
  if (left) return;
  dialog.querySelector("[data-send]").hidden = true;
  dialog.querySelector("[data-yes]").textContent = words("sign-out");
}

async function mayLeave() {
  await keepAll();
  const { length: n } = await unsent();
  if (n === 0) return true;
  return question("sign-out", (dialog) => {
    dialog.querySelector("[data-words]").textContent = words("leaving", { n });
    const button = dialog.querySelector("[data-send]");
    button.onclick = async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      await sendAnyway(dialog);
      button.removeAttribute("aria-disabled");
    };
  });
}

async function leave(event) {
  const form = event.target;
  event.preventDefault();
  if (isLeaving) return;
  try {
    if (!(await mayLeave())) return;
    isLeaving = true;
    tell({ kind: "signed-out" });
    if (await vault.wipe()) {
      // What somebody else could not send yet stays, unreadable for everybody but them.
      const stays = Object.assign(document.createElement("input"), {
        type: "hidden",
        name: "stays",
        value: "others",
      });
      form.append(stays);
    }
  } catch {
    // Without the device's store: the answer of the server has everything deleted.
  }
  form.submit();
}

export function watchSignOut() {
  const forms = document.querySelectorAll("form[data-sign-out]");
  for (const form of forms) form.addEventListener("submit", leave);
  // Another person signed in: what the one before has on the screen goes.
  watchPerson(async () => {
    await keepAll();
    location.replace("/");
  });
  // In another tab: what is typed here must not stay on the screen.
  listen("signed-out", () => {
    if (!isLeaving) location.replace(forms[0].action);
  });
}
