// On every page of somebody who may report: says what has not been sent, sends it, and
// deletes what is too old. On the sign-in page only the last.

import { clock, dayAndClock, part, question, words } from "./drafts/parts.js";
import { flush, hurry, listen, tell } from "./drafts/sender.js";
import { watchSignOut } from "./drafts/sign_out.js";
import * as vault from "./drafts/vault.js";

const PURGE_MS = 60_000;
const menu = document.querySelector("[data-drafts]");
let shown = "";

function item(record) {
  const line = part("item");
  const { made: time, id, state } = record;
  line.querySelector("[data-state]").textContent = words(state, { time: clock(time) });
  line.querySelector("[data-until]").textContent = words("until", {
    time: clock(time + vault.LIFETIME_MS),
  });
  line.querySelector("[data-open]").href = `${menu.dataset.form}?step=form#draft=${id}`;
  const send = line.querySelector("[data-send]");
  send.hidden = state !== "sending";
  send.onclick = hurry;
  line.querySelector("[data-discard]").onclick = async () => {
    if (!(await question("discard"))) return;
    await vault.drop(id);
    tell({ kind: "changed", dropped: id });
  };
  return line;
}

function notice({ id, state, made, number, receipt, isSame }) {
  const line = part("notice");
  line.classList.add(isSame ? "message-success" : "message-warning");
  line.dataset.ended = id;
  const text = state === "expired" ? state : isSame ? "sent" : "twice";
  const time = dayAndClock(made);
  line.querySelector("[data-words]").textContent = words(text, { number, time });
  const link = line.querySelector("[data-receipt]");
  if (receipt) link.href = receipt;
  else link.remove();
  line.querySelector("[data-close]").onclick = async () => {
    await vault.drop(id);
    tell({ kind: "changed" });
  };
  return line;
}

async function show() {
  const records = await vault.list();
  const key = JSON.stringify(records.map(({ id, state }) => [id, state]));
  if (key === shown) return;
  shown = key;
  const unsent = records.filter(vault.isUnsent);
  menu.hidden = unsent.length === 0;
  menu.querySelector("[data-count]").textContent = words("count", { n: unsent.length });
  menu.querySelector("[data-list]").replaceChildren(...unsent.map(item));
  for (const old of document.querySelectorAll("[data-ended]")) old.remove();
  const ended = records.filter((record) => !vault.isUnsent(record));
  document.querySelector("main .messages")?.append(...ended.map(notice));
}

async function purge() {
  if (await vault.purge()) tell({ kind: "changed" });
}

// The receipt is open: that it was sent need not be said a second time.
async function forgetReceipt() {
  for (const record of await vault.list()) {
    if (record.receipt === location.pathname) await vault.drop(record.id);
  }
}

async function start() {
  await purge();
  setInterval(purge, PURGE_MS);
  if (!vault.isPossible) return;
  watchSignOut();
  listen("changed", show);
  listen("answer", show);
  window.addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") flush();
  });
  // Only when, and which number: the form takes it over.
  document.addEventListener("click", async ({ target }) => {
    const link = target.closest?.("a[href='tel:119'], a[href='tel:110']");
    if (!link) return;
    await vault.noteCall(link.href.slice("tel:".length));
    document.dispatchEvent(new Event("draft:call"));
  });
  await forgetReceipt();
  await show();
  await flush();
}

// A device that refuses to keep anything shows the pages as without script.
if (globalThis.indexedDB) start().catch((error) => console.warn(error.name));
