/* Sends what is kept, in order, each exactly once: the server knows a resend by the entry's own key or by its content.

   Nothing leaves the list before the server has said so. No line: tried again later, with growing pauses, when the line
   is back, and on whatever page is opened next. Sign-in expired, refused, changed by somebody else: the text stays and
   the page says so (drafts.js shows it beside the form, the line under the header counts it). */
(function () {
  "use strict";
  if (!window.Dudao) {
    return;
  }
  const kept = window.Dudao.kept;
  const place = kept.place;
  const PAUSES = [2, 5, 10, 20, 40, 60]; /* seconds */
  const PATIENCE = { text: 30000, file: 300000 }; /* milliseconds */
  const REMEMBERED = 20; /* unanswered sends of one entry */
  let token = place.dataset.token;
  let running = null;
  let again = false;
  let failures = 0;
  let timer = null;
  let line = "up"; /* up, down, signed-out */

  /* Other pages of this account in this browser hear it as well: their forms go on from the saved version. */
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("dudao-" + kept.owner) : null;

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent("outbox:" + name, { detail }));
    if (channel && name !== "failed") {
      channel.postMessage({ name, detail });
    }
  }
  if (channel) {
    channel.onmessage = (event) => {
      document.dispatchEvent(new CustomEvent("outbox:" + event.data.name, { detail: event.data.detail }));
      show();
    };
  }

  function waits(row) {
    return Boolean(row.url) && !row.stuck && !row.unfinished;
  }

  /* --- one entry --- */

  function ask(url, options, patience) {
    const stop = new AbortController();
    const alarm = window.setTimeout(() => stop.abort(), patience);
    const headers = Object.assign({ Accept: "application/json", "X-Account": kept.owner }, options.headers);
    const all = Object.assign({ credentials: "same-origin", redirect: "manual", signal: stop.signal }, options, { headers });
    return fetch(url, all).finally(() => window.clearTimeout(alarm));
  }

  function bodyOf(row) {
    const body = new FormData();
    row.fields.forEach(([name, value]) => body.append(name, value));
    if (row.file) {
      body.append(row.file.field, new Blob([row.file.data], { type: row.file.type }), row.file.name);
    }
    return body;
  }

  function post(row) {
    return ask(row.url, { method: "POST", body: bodyOf(row), headers: { "X-CSRFToken": token } }, row.file ? PATIENCE.file : PATIENCE.text);
  }

  async function answerOf(response) {
    try {
      return await response.json();
    } catch (error) {
      return null; /* not ours: a gateway's page, say */
    }
  }

  async function renewToken() {
    const response = await ask(place.dataset.sessionUrl, { method: "GET" }, PATIENCE.text);
    const answer = response.ok ? await answerOf(response) : null;
    if (answer) {
      token = answer.token;
    }
    return response;
  }

  /* Answers the server's {status, answer}; throws when there was no answer. */
  async function exchange(row) {
    let response = await post(row);
    let answer = await answerOf(response);
    if (response.status === 403 && !answer) {
      /* the page is older than the sign-in */
      const renewed = await renewToken();
      if (renewed.type === "opaqueredirect" || renewed.status === 401) {
        return { status: 401, answer: null };
      }
      response = await post(row);
      answer = await answerOf(response);
    }
    return { status: response.type === "opaqueredirect" ? 401 : response.status, answer };
  }

  function withFields(row, fields) {
    const next = Object.assign({}, row);
    next.fields = row.fields.map(([name, value]) => [name, name in fields ? String(fields[name]) : value]);
    return next;
  }

  /* As a form would show it: line ends, outer blanks, 98.50 and 98.5, a tick */
  function plain(value) {
    const text = value === null || value === undefined || value === false ? "" : value === true ? "on" : String(value);
    const tidy = text.replace(/\r\n?/g, "\n").trim();
    return /^\d+\.\d+$/.test(tidy) ? String(Number(tidy)) : tidy;
  }

  function alike(values, fields) {
    const sent = new Map(fields);
    return Object.entries(values).every(([name, value]) => plain(sent.get(name)) === plain(value));
  }

  /* The other side of a “conflict” may be ourselves: a save of ours whose answer was lost. */
  function isOurs(conflict, row) {
    return (row.sent || []).some((fields) => alike(conflict.values, fields));
  }

  async function send(row) {
    await kept.change(row.key, (now) => now && Object.assign({}, now, { sent: (now.sent || []).concat([row.fields]).slice(-REMEMBERED) }));
    row.sent = (row.sent || []).concat([row.fields]);
    tell("sending", { key: row.key });
    let result;
    try {
      result = await exchange(row);
    } catch (error) {
      return "down";
    }
    const { status, answer } = result;
    if (status === 200 && answer && answer.saved) {
      await taken(row, answer);
      return "up";
    }
    if (status === 401) {
      return "signed-out";
    }
    if (status === 429 || status >= 500 || !answer) {
      return status === 404 || status === 403 || status === 413 ? stuck(row, status, answer) : "down";
    }
    if (answer.conflict && isOurs(answer.conflict, row)) {
      const next = await kept.change(row.key, (now) => now && withFields(now, answer.conflict.fields));
      tell("fields", { key: row.key, fields: answer.conflict.fields });
      return next ? send(next) : "up";
    }
    return stuck(row, status, answer);
  }

  async function taken(row, answer) {
    await kept.change(row.key, (now) => {
      if (!now) {
        return undefined;
      }
      return now.stamp === row.stamp ? null : Object.assign(withFields(now, answer.fields), { sent: [] });
    });
    tell("saved", { key: row.key, fields: answer.fields, sent: row.fields, at: new Date(answer.at) });
  }

  /* Only the person can help: the entry waits beside its form until it is changed or let go. */
  async function stuck(row, status, answer) {
    const why = { status, answer: answer || {} };
    await kept.change(row.key, (now) => (now && now.stamp === row.stamp ? Object.assign({}, now, { stuck: why }) : undefined));
    tell("stuck", { key: row.key, why });
    return "up";
  }

  /* --- the list --- */

  async function round() {
    const rows = (await kept.all()).filter(waits).sort((one, other) => one.order - other.order);
    for (const row of rows) {
      const now = await kept.get(row.key);
      const state = now && waits(now) ? await send(now) : "up";
      line = state;
      if (state !== "up") {
        failures += 1;
        tell("failed", { key: row.key, state });
        return;
      }
      failures = 0;
    }
  }

  function alone(work) {
    return navigator.locks ? navigator.locks.request("dudao-outbox-" + kept.owner, work) : work();
  }

  async function run() {
    window.clearTimeout(timer);
    if (running) {
      again = true;
      return running;
    }
    running = alone(round);
    try {
      await running;
    } finally {
      running = null;
    }
    if (again) {
      again = false;
      return run();
    }
    if (failures && line === "down") {
      timer = window.setTimeout(run, PAUSES[Math.min(failures, PAUSES.length) - 1] * 1000);
    }
    await show();
  }

  /* --- the line under the header --- */

  async function show() {
    const rows = (await kept.all()).filter((row) => row.url);
    const sign = document.getElementById("sync");
    const count = rows.length;
    const signedOut = line === "signed-out";
    sign.hidden = !count || (line === "up" && !rows.some((row) => row.stuck) && !failures);
    sign.classList.toggle("sync-stop", signedOut || rows.some((row) => row.stuck));
    const why = signedOut ? "SignedOut" : line === "down" ? "Down" : "Stuck";
    sign.querySelector("[data-sync-count]").textContent = kept.words("Unsynced", { count });
    sign.querySelector("[data-sync-why]").textContent = kept.words(why);
    sign.querySelector("[data-sync-sign-in]").hidden = !signedOut;
    sign.querySelector("[data-sync-now]").hidden = signedOut || line !== "down";
    showPlaces(sign, line === "up" ? rows.filter((row) => row.stuck) : []);
  }

  /* Where the entries lie that need the person, unless that is this page */
  function showPlaces(sign, rows) {
    const places = new Map(rows.filter((row) => row.page !== location.pathname).map((row) => [row.page, row.label]));
    const list = sign.querySelector("[data-sync-places]");
    list.replaceChildren(
      ...[...places].map(([page, label]) => {
        const link = document.createElement("a");
        link.href = page;
        link.textContent = label;
        return link;
      })
    );
  }

  function signInUrl() {
    return place.dataset.signInUrl + "?next=" + encodeURIComponent(location.pathname + location.search);
  }

  const sign = document.getElementById("sync");
  sign.querySelector("[data-sync-sign-in]").href = signInUrl();
  sign.querySelector("[data-sync-now]").addEventListener("click", run);
  window.addEventListener("online", run);
  window.addEventListener("offline", () => {
    line = "down";
    show();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && line !== "up") {
      run(); /* they may have signed in again in another tab */
    }
  });
  let drawing = null;
  document.addEventListener("kept:changed", () => {
    window.clearTimeout(drawing);
    drawing = window.setTimeout(show, 100);
  });
  window.Dudao.outbox = { run, waits, signInUrl, withFields, plain, state: () => line };
  document.addEventListener("DOMContentLoaded", () => Promise.all(window.Dudao.ready).then(run, run));
})();
