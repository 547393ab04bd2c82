// Which draft belongs into the form that is being opened; each is open in one tab only.

import * as vault from "./vault.js";

// So long the page before this one, in the same tab, may take to let go of its draft.
const LOCK_MS = 3_000;

// Hold the draft `id` as long as this page lives; tell whether no other tab has it.
export function hold(id) {
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

const ifUnsent = (record) => (record && vault.isUnsent(record) ? record : undefined);

// The draft for the form that carries the key `id`: that of the address, else the newest.
export async function wanted(id) {
  const query = new URLSearchParams(location.search);
  if (query.get("step") !== "form" || query.has("kept")) {
    // The server shows what was typed. Loaded again it shows what was typed before.
    const [visit] = performance.getEntriesByType("navigation");
    return visit?.type === "reload" ? ifUnsent(await vault.find(id)) : undefined;
  }
  if (location.hash === "#new") return undefined;
  const named = location.hash.match(/^#draft=(.+)$/)?.[1];
  if (named) return ifUnsent(await vault.find(named));
  // After a call to 119 or from another program the form is about something else.
  if (query.has("handover") || (await vault.findCall())) return undefined;
  const left = await vault.list();
  return left.findLast(({ state }) => state === "draft" || state === "wrong");
}
