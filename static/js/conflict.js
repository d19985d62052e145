/* Two people saved the same place: both texts beside each other, and the person decides. Nothing is overwritten unasked. */
(function () {
  "use strict";
  if (!window.Dudao) {
    return;
  }
  const { kept, outbox, drafts } = window.Dudao;
  const { make, button } = drafts;

  function shownValue(input, value) {
    if (input && input.tagName === "SELECT") {
      const option = [...input.options].find((each) => each.value === String(value));
      return option ? option.textContent : String(value);
    }
    if (input && input.type === "checkbox") {
      return kept.words(value ? "Yes" : "No");
    }
    return value === null || value === "" ? "—" : String(value);
  }

  function mine(form, name) {
    const input = form.elements[name];
    return input.type === "checkbox" ? (input.checked ? input.value : "") : input.value;
  }

  function differing(form, values) {
    return Object.keys(values).filter((name) => form.elements[name] && outbox.plain(mine(form, name)) !== outbox.plain(values[name]));
  }

  function side(title, text) {
    const box = make("div", "conflict-side");
    box.append(make("h4", "", title), make("p", "conflict-text", text));
    return box;
  }

  function show(draft, conflict) {
    const form = draft.form;
    const box = make("section", "conflict draft-refused");
    box.append(make("h3", "", kept.words("ConflictTitle", { name: conflict.by })));
    differing(form, conflict.values).forEach((name) => {
      const input = form.elements[name];
      const pair = make("div", "conflict-pair");
      pair.append(
        side(kept.words("Mine", { field: drafts.labelOf(form, name) }), shownValue(input, mine(form, name))),
        side(kept.words("Theirs", { field: drafts.labelOf(form, name), name: conflict.by }), shownValue(input, conflict.values[name]))
      );
      box.append(pair);
    });
    const doors = make("p", "doors");
    doors.append(
      button(kept.words("KeepMine"), () => keepMine(draft, conflict)),
      button(kept.words("TakeTheirs"), () => takeTheirs(draft, conflict)),
      button(kept.words("Merge"), () => merge(draft, conflict))
    );
    box.append(doors);
    const line = form.querySelector("[data-draft-state]");
    line.before(box);
  }

  async function goOn(draft, conflict, unfinished) {
    drafts.setFields(draft.form, conflict.fields);
    drafts.clearTold(draft);
    const fields = drafts.read(draft.form);
    draft.latest = fields;
    await kept.change(draft.key, (was) => Object.assign({}, was, { fields, stamp: kept.newKey(), stuck: null, sent: [], unfinished }), draft.volatile);
  }

  async function keepMine(draft, conflict) {
    await goOn(draft, conflict, false);
    await outbox.run();
  }

  async function takeTheirs(draft, conflict) {
    Object.entries(conflict.values).forEach(([name, value]) => {
      const input = draft.form.elements[name];
      if (input && input.type === "checkbox") {
        input.checked = Boolean(value);
      } else if (input) {
        input.value = value === null ? "" : value;
      }
    });
    drafts.setFields(draft.form, conflict.fields);
    drafts.clearTold(draft);
    draft.initial = drafts.read(draft.form);
    draft.latest = null;
    await kept.change(draft.key, () => null, draft.volatile);
    drafts.say(draft, "TookTheirs", { name: conflict.by }, "done");
  }

  /* Both texts in the field, to be put together by hand; sent with the next change. */
  async function merge(draft, conflict) {
    let first = null;
    differing(draft.form, conflict.values).forEach((name) => {
      const input = draft.form.elements[name];
      if (input.tagName === "TEXTAREA" || input.type === "text") {
        const gap = input.tagName === "TEXTAREA" ? "\n" : " ";
        input.value = [input.value, kept.words("MergeMark", { name: conflict.by }), conflict.values[name]].join(gap);
        first = first || input;
      }
    });
    await goOn(draft, conflict, true);
    drafts.say(draft, "Merging", {}, "wait");
    if (first) {
      first.focus();
    }
  }

  window.Dudao.conflict = { show };
})();
