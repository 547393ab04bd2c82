// The line above the button of the form: how far the sending is, and what to do.

import { part, words } from "./parts.js";

const line = part("status");

export function placeStatus(before, sendAgain) {
  before.before(line);
  line.querySelector("[data-send]").onclick = sendAgain;
}

// `name` is that of a text; `values` fill it in, and `values.login` is the sign-in.
export function say(name, values = {}) {
  line.querySelector("[data-words]").textContent = name ? words(name, values) : "";
  line.querySelector("[data-send]").hidden = name !== "later";
  const link = line.querySelector("[data-login]");
  link.hidden = !values.login;
  if (values.login) link.href = values.login;
}
