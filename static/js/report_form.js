// The report form: keeps what is typed on the device, puts it back, and sends it until
// the server has answered. Without encryption it is a plain form, sent once.

import { clearErrors, showErrors } from "./drafts/errors.js";
import { fill, pairsOf, tick } from "./drafts/fields.js";
import { part, question, words } from "./drafts/parts.js";
import { hurry, listen, tell } from "./drafts/sender.js";
import * as vault from "./drafts/vault.js";

// The first change is kept at once, what follows after a pause: that is all a page that
// is torn away can lose.
const SAVE_MS = 100;
// So long the page before this one, in the same tab, may take to let go of its draft.
const LOCK_MS = 3_000;
const form = document.querySelector("form[data-once]");
const key = form.elements.client_key;
const button = form.querySelector(".form-actions .btn-primary");
const buttonText = button.textContent;
const line = part("status");
let canKeep = vault.isPossible;
let state = "draft";
let isDirty = false;
let isSending = false;
let isOver = false;
let timer;
let savedAt = -SAVE_MS;
let saving = Promise.resolve();

function say(name, values = {}) {
  const { login } = values;
  line.querySelector("[data-words]").textContent = name ? words(name, values) : "";
  line.querySelector("[data-send]").hidden = name !== "later";
  const link = line.querySelector("[data-login]");
  link.hidden = !login;
  if (login) link.href = login;
}

function save() {
  clearTimeout(timer);
  timer = undefined;
  if (!isDirty || isOver || !canKeep) return saving;
  isDirty = false;
  savedAt = performance.now();
  const now = [key.value, pairsOf(form), state];
  saving = saving
    .then(() => isOver || vault.save(...now))
    .then(() => tell({ kind: "changed" }))
    .catch(() => {
      canKeep = false;
      say("full");
    });
  return saving;
}

function changed() {
  isDirty = true;
  if (state === "sending" && !isSending) {
    state = "draft";
    say("changed");
  }
  const pause = Math.max(0, savedAt + SAVE_MS - performance.now());
  timer ??= setTimeout(save, pause);
}

function wait(isWaiting) {
  isSending = isWaiting;
  button.setAttribute("aria-disabled", String(isWaiting));
  button.textContent = isWaiting ? form.dataset.sending : buttonText;
}

async function send() {
  wait(true);
  clearErrors(form);
  say("");
  state = "sending";
  isDirty = true;
  await save();
  if (canKeep) await hurry();
  else form.submit();
  if (!isOver && canKeep) wait(false);
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.name === "lookup") return;
  if (isSending) event.preventDefault();
  else if (!canKeep) wait(true);
  else {
    event.preventDefault();
    send();
  }
});

function hear(answer) {
  if (answer.id !== key.value || isOver) return;
  if (answer.what === "sent" && answer.isWhole) {
    isOver = true;
    location.assign(answer.receipt);
    return;
  }
  // What was typed while it was on its way is a draft again.
  if (answer.what !== "later" && answer.what !== "login") state = "draft";
  const { errors } = answer;
  if (answer.what === "wrong" && Object.keys(errors ?? {}).length) showErrors(form, errors);
  else say({ sent: "older", wrong: "refused" }[answer.what] ?? answer.what, answer);
}

// One tab at a time has a draft; a lock ends with its page.
function hold(id) {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(LOCK_MS);
    const keep = () => {
      resolve(true);
      return new Promise(() => {});
    };
    navigator.locks.request(`tsunagari.draft.${id}`, { signal }, keep).catch(() => resolve(false));
  });
}

// The draft that belongs into this form, if one: that of the address, else the newest.
async function wanted() {
  const query = new URLSearchParams(location.search);
  const isFresh = query.get("step") === "form" && !query.has("kept");
  if (!isFresh || location.hash === "#new") return undefined;
  const named = location.hash.match(/^#draft=(.+)$/)?.[1];
  if (named) return [await vault.find(named)].find((record) => record && vault.isUnsent(record));
  // After a call to 119 or from another program this is about something else.
  if (query.has("handover") || (await vault.findCall())) return undefined;
  const left = (await vault.list()).filter((r) => r.state === "draft" || r.state === "wrong");
  return left.at(-1);
}

async function restore(record) {
  const pairs = await vault.read(record);
  if (isDirty) return;
  fill(form, pairs);
  key.value = record.id;
  if (record.state === "sending") {
    state = "sending";
    say("later");
    return;
  }
  const shown = part("restored");
  shown.querySelector("[data-discard]").onclick = async () => {
    if (!(await question("discard"))) return;
    isOver = true;
    await vault.drop(record.id);
    tell({ kind: "changed" });
    location.hash = "#new";
  };
  form.before(shown);
}

async function takeCall() {
  const call = await vault.findCall();
  if (!call) return;
  tick(form, call);
  isDirty = true;
  await save();
  await vault.dropCall();
}

async function begin() {
  const record = await wanted();
  if (record && (await hold(record.id))) await restore(record);
  else {
    if (record) say("elsewhere");
    await hold(key.value);
  }
  history.replaceState(null, "", `#draft=${key.value}`);
  await takeCall();
}

button.closest(".form-actions").before(line);
if (canKeep) {
  line.querySelector("[data-send]").onclick = () => form.requestSubmit(button);
  for (const kind of ["input", "change"]) form.addEventListener(kind, changed);
  window.addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save);
  window.addEventListener("hashchange", () => location.reload());
  document.addEventListener("draft:call", takeCall);
  listen("answer", hear);
  listen("changed", ({ dropped }) => {
    if (dropped === key.value) location.hash = "#new";
  });
  listen("signed-out", () => {
    isOver = true;
  });
  vault.beforeLeaving.push(save);
  begin().catch((error) => console.warn(error.name));
} else say("plain");

// A page that comes back with the back button may be sent again.
window.addEventListener("pageshow", () => wait(false));
