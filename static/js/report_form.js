// The report form: keeps what is typed on the device, puts it back, and sends it until
// the server has answered. Without encryption it is a plain form, sent once.

import { hold, wanted } from "./drafts/choice.js";
import { clearErrors, missing, showErrors } from "./drafts/errors.js";
import { fill, pairsOf, tick } from "./drafts/fields.js";
import { part, question } from "./drafts/parts.js";
import { hurry, listen, tell } from "./drafts/sender.js";
import { placeStatus, say } from "./drafts/status.js";
import * as vault from "./drafts/vault.js";

// The first change is kept at once, what follows after a pause: that is all a page that
// is torn away can lose.
const SAVE_MS = 100;
const form = document.querySelector("form[data-once]");
const key = form.elements.client_key;
const button = form.querySelector(".form-actions .btn-primary");
const buttonText = button.textContent;
let canKeep = vault.isPossible;
let state = "draft";
let isDirty = false;
let isFilling = false;
let isTouched = false;
let isSending = false;
let isOver = false;
let timer;
let savedAt = -SAVE_MS;
let saving = Promise.resolve();

function save() {
  clearTimeout(timer);
  timer = undefined;
  if (!isDirty || isOver || !canKeep) return saving;
  isDirty = false;
  savedAt = performance.now();
  const now = [key.value, pairsOf(form), state];
  saving = saving
    .then(() => isOver || vault.save(...now))
    .then(() => {
      // Everything up to the last letter lies on the device.
      if (!isDirty) form.dataset.kept = "true";
      tell({ kind: "changed" });
    })
    .catch(() => {
      canKeep = false;
      say("full");
    });
  return saving;
}

function changed() {
  if (isFilling) return;
  isDirty = true;
  isTouched = true;
  delete form.dataset.kept;
  if (state === "sending") {
    state = "draft";
    if (!isSending) say("changed");
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
  document.querySelector("[data-part=restored]")?.remove();
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
    const errors = missing(form);
    if (Object.keys(errors).length) {
      say("");
      showErrors(form, errors);
    } else send();
  }
});

async function hear(answer) {
  if (answer.id !== key.value || isOver) return;
  if (answer.what === "sent" && answer.isWhole) {
    isOver = true;
    location.assign(answer.receipt);
    return;
  }
  const { what, errors = {} } = answer;
  // What was changed while it was on its way is a draft again, and waits for a tap.
  await save();
  const isWaiting = (await vault.find(answer.id))?.state === "sending";
  state = isWaiting ? "sending" : "draft";
  if (isWaiting) say(what, answer);
  else if (what === "wrong" && Object.keys(errors).length) showErrors(form, errors);
  else say({ sent: "older", wrong: "refused", forbidden: what }[what] ?? "changed", answer);
}

async function restore(record) {
  const pairs = await vault.read(record);
  // Whoever has begun to type meanwhile finds the draft in the header.
  if (isTouched) return;
  isFilling = true;
  fill(form, pairs);
  isFilling = false;
  key.value = record.id;
  if (record.state === "sending") {
    state = "sending";
    say("later");
    return;
  }
  const shown = part("restored");
  shown.querySelector("[data-discard]").onclick = async () => {
    if (!(await question("discard"))) return;
    await vault.drop(record.id);
    tell({ kind: "changed", dropped: record.id });
  };
  form.before(shown);
}

async function takeCall() {
  const call = await vault.findCall();
  if (!call) return;
  tick(form, call);
  changed();
  await save();
  await vault.dropCall();
}

async function begin() {
  const record = await wanted(key.value);
  if (record && (await hold(record.id))) await restore(record);
  else {
    if (record) say("elsewhere");
    await hold(key.value);
  }
  history.replaceState(null, "", `#draft=${key.value}`);
  await takeCall();
}

placeStatus(button.closest(".form-actions"), () => form.requestSubmit(button));
if (canKeep) {
  for (const kind of ["input", "change"]) form.addEventListener(kind, changed);
  window.addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", save);
  window.addEventListener("hashchange", () => {
    if (/^#(new$|draft=)/.test(location.hash)) location.reload();
  });
  document.addEventListener("draft:call", takeCall);
  listen("answer", hear);
  listen("changed", async ({ dropped }) => {
    // What is deleted on the device must not stay on the screen either.
    const isGone = dropped === key.value || (await vault.find(key.value))?.state === "expired";
    if (!isGone || isOver) return;
    isOver = true;
    location.href = `${form.action}?step=form#new`;
  });
  listen("signed-out", () => {
    isOver = true;
  });
  vault.beforeLeaving.push(save);
  begin().catch((error) => console.warn(error.name));
} else say("plain");

// A page that comes back with the back button may be sent again.
window.addEventListener("pageshow", ({ persisted }) => persisted && wait(false));
