// Sends what waits on the device until the server has answered: one at a time, also over
// several tabs, again and again with growing pauses. All tabs hear of each answer.

import * as vault from "./vault.js";

const TIMEOUT_MS = 20_000;
const SHORTEST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 120_000;
const { person, token, form, login } = document.querySelector("[data-drafts]")?.dataset ?? {};

const others = new BroadcastChannel("tsunagari.drafts");
const here = new EventTarget();

// Tell this tab and all others; `message.kind` is changed, answer or signed-out.
export function tell(message) {
  others.postMessage({ person, ...message });
  here.dispatchEvent(new CustomEvent(message.kind, { detail: message }));
}
others.addEventListener("message", ({ data }) => {
  if (data.person !== person) return;
  here.dispatchEvent(new CustomEvent(data.kind, { detail: data }));
});
// Say whose page this is; `act` is called when another person signs in on this device.
export function watchPerson(act) {
  others.addEventListener("message", ({ data }) => {
    if (data.kind === "here" && data.person !== person) act();
  });
  others.postMessage({ kind: "here", person });
}
export const listen = (kind, act) => here.addEventListener(kind, (e) => act(e.detail));

const isPath = (text) => typeof text === "string" && /^\/(?![/\\])/.test(text);

async function ask(url, more = {}) {
  const answer = await fetch(url, {
    ...more,
    headers: { Accept: "application/json", ...more.headers },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  // An answer that breaks off is none: then this throws like a lost connection.
  const text = await answer.text();
  try {
    return { answer, body: JSON.parse(text) ?? {} };
  } catch {
    return { answer, body: {} };
  }
}

function meaning({ answer, body }) {
  const { status } = answer;
  // Only the server's own word counts as sent, not any page that somebody puts between.
  if ((answer.ok || status === 409) && isPath(body.receipt)) {
    const { receipt, number, is_same: isSame = status !== 409 } = body;
    return { what: "sent", receipt, number, isSame };
  }
  if (answer.type === "opaqueredirect" || status === 401) {
    return { what: "login", login: isPath(body.login) ? body.login : login };
  }
  // A 400 that names no field is not about what was typed: the request came in pieces, or
  // the session was being stored when the database went.
  const isBroken = status === 400 && !body.errors;
  if (answer.ok || isBroken || status >= 500 || [408, 425, 429].includes(status) || body.csrf) {
    return { what: "later", pause: Number(answer.headers.get("Retry-After")) * 1000 || 0 };
  }
  return { what: status === 403 ? "forbidden" : "wrong", errors: body.errors };
}

async function post(record) {
  const fresh = await ask(token);
  if (!fresh.answer.ok || !fresh.body.csrf) return meaning(fresh);
  // Somebody else signed in meanwhile: nothing of this person's goes out in their name.
  if (fresh.body.person !== person) return { what: "login", login };
  const body = new URLSearchParams(await vault.read(record));
  const headers = { "X-CSRFToken": fresh.body.csrf };
  return meaning(await ask(form, { method: "POST", body, headers }));
}

async function send(record) {
  let answer;
  try {
    answer = await post(record);
  } catch (error) {
    const isBroken = error.name === "OperationError";
    answer = { what: isBroken ? "wrong" : "later", isOffline: true, pause: 0 };
  }
  const { id, made, version } = record;
  if (answer.what === "sent") {
    const sent = { id, person, made, version, state: "sent", ...answer };
    answer.isWhole = await vault.settle(record, () => sent);
  } else if (answer.what === "wrong" || answer.what === "forbidden") {
    await vault.settle(record, (now) => ({ ...now, state: "wrong" }));
  }
  tell({ kind: "answer", id, ...answer });
  return answer;
}

let wait = SHORTEST_WAIT_MS;
let timer;
let running;

async function sendAll() {
  clearTimeout(timer);
  let pause;
  let hopeless;
  for (const record of await vault.list()) {
    if (record.state !== "sending") continue;
    const answer = hopeless ?? (await send(record));
    if (hopeless) tell({ kind: "answer", id: record.id, ...hopeless });
    if (answer.what === "later") pause = Math.max(pause ?? 0, answer.pause);
    // The next one would fare no better.
    if (answer.what === "login" || answer.isOffline) hopeless = answer;
  }
  if (pause === undefined) {
    wait = SHORTEST_WAIT_MS;
    return;
  }
  timer = setTimeout(flush, Math.min(Math.max(wait, pause), LONGEST_WAIT_MS));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

function run() {
  const work = navigator.locks
    ? navigator.locks.request("tsunagari.sending", sendAll)
    : sendAll();
  // Where the device's store fails there is nothing that could be sent.
  return work.catch((error) => console.warn(error.name));
}

// Send whatever waits; come back when each has an answer or the connection failed. What
// is asked for meanwhile comes after, since it may be about a newer record.
let next;
export function flush() {
  if (running) {
    next ??= running.then(() => {
      next = undefined;
      return flush();
    });
    return next;
  }
  running = run().finally(() => {
    running = undefined;
  });
  return running;
}

// The same, but at once with the shortest pause: there is reason to hope.
export function hurry() {
  wait = SHORTEST_WAIT_MS;
  return flush();
}
