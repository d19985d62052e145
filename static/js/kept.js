/* What is typed and not yet saved, kept on this machine (IndexedDB), per account. Used by outbox.js and drafts.js.

   A row: {key, owner, page, label, fields: [[name, value], …], at, and, when it is to be sent, url, order, stamp, …}.
   Rows marked `volatile` never reach the disk: they live as long as the page. */
(function () {
  "use strict";
  const place = document.getElementById("kept");
  if (!place) {
    return; /* nobody is signed in */
  }
  const STORE = "rows";
  const owner = place.dataset.account;
  const loose = new Map();
  let opening = null;

  function asked(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  function open() {
    if (!opening) {
      const request = indexedDB.open("dudao", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("owner", "owner");
      };
      opening = asked(request);
    }
    return opening;
  }

  async function store(mode, work) {
    const database = await open();
    const transaction = database.transaction(STORE, mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(STORE));
    await done;
    return result;
  }

  function tell() {
    document.dispatchEvent(new CustomEvent("kept:changed"));
  }

  function fullOf(key) {
    return key.startsWith(owner + "/") ? key : owner + "/" + key;
  }

  /* The one way to write: `how` sees the row as it stands and answers the new one, null to remove it, or undefined.
     `volatile`: a new row is not to reach the disk. */
  async function change(key, how, volatile) {
    const full = fullOf(key);
    const owned = (row) => (row ? Object.assign(row, { key: full, owner }) : row);
    if (volatile || loose.has(full)) {
      const next = owned(how(loose.get(full)));
      if (next === null) {
        loose.delete(full);
      } else if (next) {
        loose.set(full, next);
      }
      tell();
      return next;
    }
    const result = await store("readwrite", async (rows) => {
      const next = owned(how(await asked(rows.get(full))));
      if (next === null) {
        rows.delete(full);
      } else if (next) {
        rows.put(next);
      }
      return next;
    });
    tell();
    return result;
  }

  async function get(key) {
    const full = fullOf(key);
    return loose.get(full) || store("readonly", (rows) => asked(rows.get(full)));
  }

  async function all() {
    let found = [];
    try {
      found = await store("readonly", (rows) => asked(rows.index("owner").getAll(owner)));
    } catch (error) {
      /* no storage in this browser: what is loose is all there is */
    }
    return found.concat([...loose.values()]);
  }

  async function wipe() {
    loose.clear();
    for (const row of await all()) {
      await change(row.key, () => null);
    }
    tell();
  }

  /* A name nobody else makes; randomUUID is younger than our browsers and needs https. */
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /* Words of the page's language, {names} filled in */
  function words(name, values) {
    const text = place.dataset["says" + name] || "";
    return Object.entries(values || {}).reduce((said, [each, value]) => said.split("{" + each + "}").join(value), text);
  }

  function clock(at) {
    return new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  }

  function moment(at) {
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { month: "long", day: "numeric" }).format(at);
    return day + " " + clock(at);
  }

  /* `ready`: what is to be set up before the first entry is sent */
  window.Dudao = { ready: [], kept: { owner, place, fullOf, change, get, all, wipe, newKey, words, clock, moment } };
})();
