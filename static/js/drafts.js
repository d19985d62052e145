/* Nothing typed is lost: <form data-draft="name"> is kept on this machine as it is typed (kept.js), for this account.

   data-draft="report-12"   the name of what is written; the same for every visit of the form, unlike any other form
   data-autosave            also sends itself to its address (outbox.js); the address answers JSON (core/answers.py)
   data-autosave="only"     its button saves at once and stays on the page
   data-keep="no"           never on the disk: needs the line, and says so
   data-label="…"           what a list of kept entries calls it; otherwise the heading of the page */
(function () {
  "use strict";
  if (!window.Dudao) {
    return;
  }
  const { kept, outbox } = window.Dudao;
  const KEEP_AFTER = 300; /* milliseconds after the last key */
  const SEND_AFTER = 1500;
  const NOT_TYPED = new Set(["csrfmiddlewaretoken", "_draft"]);
  const known = new Map();

  /* --- reading and filling a form --- */

  /* A tick that must be set is a confirmation: given anew each time, never restored */
  function isTyped(input, name) {
    return !NOT_TYPED.has(name) && !(input && (input.type === "password" || (input.type === "checkbox" && input.required)));
  }

  function read(form) {
    const fields = [];
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string" && isTyped(form.elements[name], name)) {
        fields.push([name, value]);
      }
    });
    return fields;
  }

  function same(one, other) {
    return JSON.stringify(one) === JSON.stringify(other);
  }

  function addRows(form, fields) {
    form.querySelectorAll("[data-formset]").forEach((set) => {
      const name = set.dataset.formset + "-TOTAL_FORMS";
      const wanted = fields.find(([each]) => each === name);
      const total = form.elements[name];
      const button = set.querySelector("[data-add-row]");
      for (let turn = 0; wanted && button && Number(total.value) < Number(wanted[1]) && turn < 200; turn += 1) {
        button.click();
      }
    });
  }

  function fill(form, fields) {
    addRows(form, fields);
    const values = new Map();
    fields.forEach(([name, value]) => values.set(name, (values.get(name) || []).concat([value])));
    [...form.elements].forEach((input) => {
      if (!input.name || !isTyped(input, input.name) || ["file", "submit", "button"].includes(input.type)) {
        return;
      }
      const given = values.get(input.name);
      if (input.type === "checkbox" || input.type === "radio") {
        input.checked = Boolean(given && given.includes(input.value));
      } else if (input.tagName === "SELECT" && input.multiple) {
        [...input.options].forEach((option) => (option.selected = Boolean(given && given.includes(option.value))));
      } else if (given && given.length) {
        input.value = given.length > 1 ? given.shift() : given[0];
      }
    });
    form.dispatchEvent(new CustomEvent("draft:filled", { bubbles: true }));
  }

  function setFields(form, fields) {
    Object.entries(fields || {}).forEach(([name, value]) => {
      if (form.elements[name]) {
        form.elements[name].value = value;
      }
    });
  }

  function labelOf(form, name) {
    const input = form.elements[name];
    const label = input && (input.labels ? input.labels[0] : input[0] && input[0].labels && input[0].labels[0]);
    const legend = input && !label && input[0] && input[0].closest("fieldset") && input[0].closest("fieldset").querySelector("legend");
    const said = label || legend;
    return said ? (said.firstChild || said).textContent.trim() : name;
  }

  /* --- what is said beside the form --- */

  function make(tag, css, text) {
    const element = document.createElement(tag);
    element.className = css;
    element.textContent = text || "";
    return element;
  }

  function button(text, work, css) {
    const made = make("button", css || "btn btn-quiet", text);
    made.type = "button";
    made.addEventListener("click", work);
    return made;
  }

  function stateLine(form) {
    let line = form.querySelector("[data-draft-state]");
    if (!line) {
      line = make("p", "draft-state");
      line.dataset.draftState = "";
      (form.querySelector(".actions") || form).append(line);
    }
    line.setAttribute("role", "status");
    return line;
  }

  function say(draft, word, values, tone) {
    const line = stateLine(draft.form);
    line.className = "draft-state" + (tone ? " draft-" + tone : "");
    line.textContent = word ? kept.words(word, values) : "";
    if (word === "SignedOut") {
      const link = make("a", "", kept.words("SignIn"));
      link.href = outbox.signInUrl();
      line.append(" ", link);
    }
  }

  function showErrors(draft, errors) {
    Object.entries(errors).forEach(([name, sentences]) => {
      const input = draft.form.elements[name];
      const near = input && input.closest ? input.closest(".field") : null;
      const line = make("p", "wrong draft-wrong", sentences.join(" "));
      if (near) {
        near.append(line);
      } else {
        stateLine(draft.form).before(line);
      }
    });
  }

  function clearTold(draft) {
    draft.form.querySelectorAll(".draft-wrong, .draft-refused").forEach((each) => each.remove());
  }

  /* --- one form --- */

  function attach(form) {
    const key = kept.fullOf(form.dataset.draft);
    if (known.has(key)) {
      return Promise.resolve();
    }
    const draft = { form, key, autosave: form.hasAttribute("data-autosave"), volatile: form.dataset.keep === "no" };
    draft.only = form.dataset.autosave === "only";
    draft.initial = read(form);
    known.set(key, draft);
    if (!draft.autosave) {
      const name = document.createElement("input");
      Object.assign(name, { type: "hidden", name: "_draft", value: form.dataset.draft });
      form.append(name);
    }
    draft.ready = recall(draft).catch(() => {
      draft.volatile = true; /* this browser keeps nothing */
    });
    form.addEventListener("input", () => typed(draft, SEND_AFTER));
    form.addEventListener("change", () => typed(draft, 0));
    form.addEventListener("submit", (event) => submitted(draft, event));
    return draft.ready;
  }

  async function recall(draft) {
    const row = await kept.get(draft.key);
    if (draft.autosave) {
      return row ? resume(draft, row) : undefined;
    }
    if (row && same(row.fields, draft.initial)) {
      return rejected() ? undefined : kept.change(draft.key, () => null);
    }
    if (row && sentFromHere(draft)) {
      fill(draft.form, row.fields);
      return offer(draft, row, "Resumed");
    }
    if (row) {
      await kept.change(draft.key, () => null);
      row.key = draft.key + "~" + row.at;
      await kept.change(row.key, () => row);
    }
    const earlier = (await kept.all()).filter((each) => each.key.startsWith(draft.key + "~"));
    earlier.sort((one, other) => one.at - other.at).forEach((each) => offer(draft, each, "Found"));
    return undefined;
  }

  /* The page came back with what was typed and an error */
  function rejected() {
    return Boolean(document.querySelector(".error-summary, .unmet"));
  }

  function sentFromHere(draft) {
    const sent = sessionStorage.getItem("dudao-sent") === draft.key;
    sessionStorage.removeItem("dudao-sent");
    return sent;
  }

  function resume(draft, row) {
    fill(draft.form, row.fields);
    open(draft);
    if (row.stuck) {
      showStuck(draft, row.stuck);
    } else {
      say(draft, row.unfinished ? "Unfinished" : "Waiting", { time: kept.clock(row.at) }, "wait");
    }
  }

  /* A folded card with something unsent unfolds */
  function open(draft) {
    const fold = draft.form.closest("details");
    if (fold) {
      fold.open = true;
    }
  }

  function offer(draft, row, word) {
    const box = make("div", "notice notice-warn draft-found");
    box.setAttribute("role", "group");
    const changed = row.base && !same(row.base, draft.initial) ? " " + kept.words("Changed") : "";
    box.append(make("p", "", kept.words(word, { when: kept.moment(row.at) }) + changed));
    const doors = make("p", "doors");
    if (word === "Found") {
      doors.append(button(kept.words("Restore"), () => restore(draft, row, box)));
    }
    doors.append(button(kept.words("Discard"), () => discard(draft, row, box, word), "btn btn-link"));
    box.append(doors);
    draft.form.before(box);
  }

  async function restore(draft, row, box) {
    fill(draft.form, row.fields);
    box.remove();
    await kept.change(row.key, () => null);
    typed(draft, 0);
    const first = draft.form.querySelector("textarea, input:not([type=hidden]), select");
    if (first) {
      first.focus();
    }
  }

  async function discard(draft, row, box, word) {
    if (!window.confirm(kept.words("SureDiscard"))) {
      return;
    }
    if (word === "Resumed") {
      fill(draft.form, draft.initial);
    }
    await kept.change(row.key, () => null);
    box.remove();
    say(draft, "");
  }

  /* --- typing --- */

  function typed(draft, sendAfter) {
    draft.begun = draft.begun || Date.now();
    window.clearTimeout(draft.keeping);
    draft.keeping = window.setTimeout(() => keep(draft), KEEP_AFTER);
    if (draft.autosave) {
      window.clearTimeout(draft.sending);
      draft.sending = window.setTimeout(() => keep(draft).then(outbox.run), sendAfter || KEEP_AFTER);
    }
  }

  async function keep(draft) {
    window.clearTimeout(draft.keeping);
    await draft.ready;
    const fields = read(draft.form);
    if (draft.latest ? same(fields, draft.latest) : same(fields, draft.initial)) {
      return;
    }
    draft.latest = fields;
    clearTold(draft);
    const at = Date.now();
    try {
      await kept.change(draft.key, (was) => rowOf(draft, was, fields, at), draft.volatile);
    } catch (error) {
      draft.volatile = true;
      await kept.change(draft.key, (was) => rowOf(draft, was, fields, at), true);
    }
    if (!draft.volatile) {
      delete draft.form.dataset.dirty; /* nothing is lost by leaving: no question */
    }
    sayKept(draft, at);
  }

  function sayKept(draft, at) {
    const lacking = lacks(draft);
    if (draft.autosave && lacking.length) {
      say(draft, draft.volatile ? "LackingHere" : "Lacking", { fields: lacking.join(kept.words("And")) }, "wait");
    } else if (draft.autosave) {
      say(draft, draft.volatile ? "NotKept" : "Waiting", { time: kept.clock(at) }, "wait");
    } else {
      say(draft, draft.volatile ? "Nowhere" : "Kept", { time: kept.clock(at) }, "wait");
    }
  }

  function lacks(draft) {
    return [...draft.form.elements].filter((each) => each.willValidate && !each.validity.valid).map((each) => labelOf(draft.form, each.name));
  }

  function rowOf(draft, was, fields, at) {
    const row = Object.assign({ order: draft.begun || at, base: draft.initial, sent: [] }, was, { fields, at, stamp: kept.newKey() });
    row.page = draft.form.dataset.page || location.pathname;
    row.label = draft.form.dataset.label || document.querySelector("h1").textContent.trim();
    row.names = Object.fromEntries(fields.map(([name]) => [name, labelOf(draft.form, name)]));
    row.kind = draft.form.dataset.kind || "";
    if (draft.autosave) {
      row.url = draft.form.action;
      row.unfinished = lacks(draft).length > 0;
      row.volatile = draft.volatile;
      row.stuck = row.stuck && row.stuck.answer.conflict ? row.stuck : null;
    }
    return row;
  }

  /* --- saving --- */

  async function submitted(draft, event) {
    if (draft.passing) {
      draft.passing = false;
      return;
    }
    if (draft.autosave) {
      event.preventDefault();
      event.stopPropagation();
      const submitter = event.submitter;
      await keep(draft);
      await outbox.run();
      const rest = await kept.get(draft.key);
      const leads = !draft.only || (submitter && submitter.name); /* such a button does more than saving */
      if (!rest && leads && outbox.state() === "up") {
        draft.passing = true;
        draft.form.requestSubmit(submitter || undefined);
      }
      return;
    }
    if (navigator.onLine === false) {
      event.preventDefault();
      event.stopPropagation();
      await keep(draft);
      say(draft, "NoLine", {}, "wait");
      return;
    }
    sessionStorage.setItem("dudao-sent", draft.key);
    keep(draft);
  }

  function on(name, work) {
    document.addEventListener("outbox:" + name, (event) => {
      const draft = known.get(event.detail.key);
      if (draft) {
        work(draft, event.detail);
      }
    });
  }

  on("sending", (draft) => say(draft, "Saving"));
  on("fields", (draft, detail) => setFields(draft.form, detail.fields));
  on("saved", (draft, detail) => {
    setFields(draft.form, detail.fields);
    draft.initial = outbox.withFields({ fields: detail.sent }, detail.fields).fields;
    draft.latest = null;
    delete draft.form.dataset.dirty;
    if (same(read(draft.form), draft.initial)) {
      clearTold(draft);
      say(draft, "Saved", { time: kept.clock(detail.at) }, "done");
    } else {
      typed(draft, 0);
    }
  });
  on("failed", (draft, detail) => {
    const words = { down: draft.volatile ? "DownNotKept" : "Waiting", "signed-out": draft.volatile ? "SignedOutNotKept" : "SignedOut" };
    say(draft, words[detail.state], { time: kept.clock(Date.now()) }, "wait");
  });
  on("stuck", (draft, detail) => showStuck(draft, detail.why));

  function showStuck(draft, why) {
    clearTold(draft);
    open(draft);
    const answer = why.answer;
    if (answer.conflict) {
      say(draft, "Conflict", { name: answer.conflict.by }, "stop");
      window.Dudao.conflict.show(draft, answer.conflict);
    } else if (answer.errors) {
      say(draft, "Wrong", {}, "stop");
      showErrors(draft, answer.errors);
    } else {
      say(draft, "Refused", { why: (answer.refused || [kept.words("Refused" + why.status) || kept.words("RefusedOther")]).join(kept.words("Stop")) }, "stop");
      window.Dudao.leftovers.doors(draft);
    }
  }

  /* --- the page --- */

  async function forgetSaved() {
    const found = document.cookie.match(/(?:^|; )draft-saved="?([^;"]+)"?/);
    if (found) {
      document.cookie = "draft-saved=; path=/; max-age=0; samesite=lax";
      sessionStorage.removeItem("dudao-sent");
      await kept.change(decodeURIComponent(found[1]), () => null);
    }
  }

  async function attachAll(root) {
    await forgetSaved().catch(() => undefined);
    await Promise.all([...root.querySelectorAll("form[data-draft]")].map(attach));
  }

  function flush() {
    known.forEach((draft) => keep(draft));
  }

  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  window.addEventListener("pagehide", flush);
  document.body.addEventListener("htmx:load", (event) => attachAll(event.detail.elt));
  window.addEventListener("beforeunload", (event) => {
    if ([...known.values()].some((draft) => draft.volatile && draft.latest)) {
      event.preventDefault();
      event.returnValue = document.body.dataset.saysUnsaved;
    }
  });
  window.Dudao.drafts = { attach, read, fill, setFields, same, labelOf, make, button, say, known, typed, keep, clearTold };
  window.Dudao.ready.push(attachAll(document));
})();
