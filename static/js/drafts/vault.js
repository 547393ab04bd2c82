// What is kept on the device: drafts of this person, each encrypted with a key of its own
// whose one half lies here and goes with it, while the other stands in this person's
// pages. A record is {id, person, state, made, version, key, iv, data}; its state is
// draft, sending, or wrong (the server wants something changed). Without key and text it
// only tells how it ended: sent (with the receipt) or expired.

const HOUR_MS = 60 * 60 * 1000;
export const LIFETIME_MS = 12 * HOUR_MS;
const TOLD_MS = 7 * 24 * HOUR_MS;
const CALL_MS = 2 * HOUR_MS;
const NAME = "tsunagari";
const { person = "", half = "" } = document.querySelector("[data-drafts]")?.dataset ?? {};
const utf8 = new TextEncoder();

// Without a secure connection there is no encryption, and so there are no drafts.
export const isPossible = Boolean(person && globalThis.crypto?.subtle && globalThis.indexedDB);

let opened;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "id" });
      asked.result.createObjectStore("calls", { keyPath: "person" });
    };
    asked.onblocked = asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const forget = () => {
        opened = undefined;
      };
      asked.result.onclose = forget;
      asked.result.onversionchange = () => {
        asked.result.close();
        forget();
      };
      resolve(asked.result);
    };
  }).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

// Run one transaction, "strict" where it must outlive a power cut; `work` gets the store and may return a request.
async function within(store, mode, work, durability = "relaxed") {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability });
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

const ageOf = (record) => Math.abs(Date.now() - record.made);
const isOver = (record) => ageOf(record) > (record.state === "expired" ? TOLD_MS : LIFETIME_MS);
const isMine = (record) => record.person === person && !isOver(record);

// Delete whatever is too old, of anybody, key and text together; tell whether there was.
export async function purge() {
  let count = 0;
  for (const store of ["drafts", "calls"]) {
    await within(store, "readwrite", (rows) => {
      rows.openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        const { id, person: whose, made, data } = cursor.value;
        if (isOver(cursor.value)) {
          count += 1;
          // That it was never sent must not pass unnoticed.
          if (data) cursor.update({ id, person: whose, made, state: "expired" });
          else cursor.delete();
        }
        cursor.continue();
      };
    });
  }
  return count > 0;
}

// This person's records, the oldest first.
export async function list() {
  const all = await within("drafts", "readonly", (rows) => rows.getAll());
  return all.filter(isMine).sort((a, b) => a.made - b.made);
}

export const isUnsent = (record) => Boolean(record.data);

export async function find(id) {
  const record = await within("drafts", "readonly", (rows) => rows.get(id));
  return record && isMine(record) ? record : undefined;
}

async function secret(material) {
  const salt = Uint8Array.from(half.match(/../g), (pair) => parseInt(pair, 16));
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode("draft of a report") };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}

const cipher = (id, iv) => ({ name: "AES-GCM", iv, additionalData: utf8.encode(person + id) });

async function newMaterial() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
}

// Keep `pairs` ([name, text] of every field) under `id`, in place of what was there; with
// a new key, so that what is still being written does not reach its end.
export async function save(id, pairs, state) {
  const key = await newMaterial();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = utf8.encode(JSON.stringify(pairs));
  const data = await crypto.subtle.encrypt(cipher(id, iv), await secret(key), plain);
  const made = Date.now();
  const version = crypto.randomUUID();
  const record = { id, person, state, made, version, key, iv, data };
  const durability = state === "sending" ? "strict" : "relaxed";
  await within("drafts", "readwrite", (rows) => rows.put(record), durability);
  return record;
}

export async function read(record) {
  const how = cipher(record.id, record.iv);
  const plain = await crypto.subtle.decrypt(how, await secret(record.key), record.data);
  return JSON.parse(new TextDecoder().decode(plain));
}

// Replace a record by `change(record)`, or delete it where that is undefined. A record
// that was written to since is left alone: what was added there is not sent yet.
export async function settle(record, change) {
  let isAsSent = false;
  await within("drafts", "readwrite", (rows) => {
    rows.get(record.id).onsuccess = ({ target: { result: now } }) => {
      isAsSent = now?.version === record.version;
      if (!isAsSent) return;
      const next = change(now);
      if (next) rows.put(next);
      else rows.delete(record.id);
    };
  });
  return isAsSent;
}

export const drop = (id) => within("drafts", "readwrite", (rows) => rows.delete(id));

// Forget all that is this person's; tell whether something of another must stay.
export async function wipe() {
  await within("calls", "readwrite", (rows) => rows.delete(person));
  let others = 0;
  await within("drafts", "readwrite", (rows) => {
    rows.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (cursor.value.person === person || isOver(cursor.value)) cursor.delete();
      else others += 1;
      cursor.continue();
    };
  });
  return others > 0;
}

// When 119 or 110 was called from this device, the first time, and which of them.
export async function noteCall(number, now = Date.now()) {
  const call = await findCall();
  const numbers = [...new Set([...(call?.numbers ?? []), number])];
  const made = call?.made ?? now;
  await within("calls", "readwrite", (rows) => rows.put({ person, numbers, made }));
}

// A call belongs to the record that is begun soon after it.
export async function findCall() {
  const call = await within("calls", "readonly", (rows) => rows.get(person));
  return call && ageOf(call) < CALL_MS ? call : undefined;
}

export const dropCall = () => within("calls", "readwrite", (rows) => rows.delete(person));

// What must be kept before somebody signs out: functions that give promises.
export const beforeLeaving = [];
