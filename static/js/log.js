/* The log of a visit: new cards in place, photos one by one, and whatever this machine still keeps of both. */
(function () {
  "use strict";
  if (!window.Dudao || !document.getElementById("new-record")) {
    return;
  }
  const { kept, outbox, drafts } = window.Dudao;

  /* --- new entries --- */

  function card(kind, key) {
    const holder = document.createElement("div");
    holder.innerHTML = document.getElementById("new-" + kind).innerHTML.split("__key__").join(key);
    const form = holder.firstElementChild;
    form.elements.client_key.value = key;
    form.elements.version.value = "0";
    document.querySelector("[data-cards=" + kind + "]").append(form);
    const empty = document.querySelector("[data-empty-cards=" + kind + "]");
    if (empty) {
      empty.hidden = true;
    }
    prepare(form);
    form.querySelector("[data-drop]").addEventListener("click", () => drop(form));
    return form;
  }

  /* A new entry is let go: nothing of it has reached the server, or its own page removes it there. */
  async function drop(form) {
    const draft = drafts.known.get(kept.fullOf(form.dataset.draft));
    if (form.elements.version.value !== "0") {
      window.location.reload();
      return;
    }
    const typed = !drafts.same(drafts.read(form), draft.first);
    if (typed && !window.confirm(kept.words("SureDiscard"))) {
      return;
    }
    drafts.known.delete(draft.key);
    await kept.change(draft.key, () => null, draft.volatile);
    form.remove();
  }

  function prepare(form) {
    form.querySelectorAll("[data-save]").forEach((button) => (button.hidden = true));
  }

  async function add(kind) {
    const form = card(kind, kept.newKey());
    await drafts.attach(form);
    const draft = drafts.known.get(kept.fullOf(form.dataset.draft));
    draft.first = drafts.read(form);
    const first = form.querySelector("select, input:not([type=hidden]), textarea");
    first.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  /* --- photos --- */

  const photos = document.querySelector("form[data-photos]");
  const shots = document.querySelector("[data-shots]");

  function shot(row) {
    const line = document.createElement("li");
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(new Blob([row.file.data], { type: row.file.type }));
    picture.alt = row.file.name;
    const state = document.createElement("span");
    state.setAttribute("role", "status");
    line.append(picture, state);
    line.dataset.shot = row.key;
    shots.append(line);
    const empty = document.querySelector("[data-empty-shots]");
    if (empty) {
      empty.hidden = true;
    }
    say(row.key, "Waiting", { time: kept.clock(row.at) });
    if (row.stuck) {
      refused(row.key, row.stuck);
    }
  }

  function say(key, word, values) {
    const state = document.querySelector('[data-shot="' + CSS.escape(key) + '"] span');
    if (state) {
      state.textContent = kept.words(word, values);
    }
  }

  function refused(key, why) {
    const answer = why.answer;
    const errors = answer.errors ? Object.values(answer.errors).reduce((all, each) => all.concat(each), []) : answer.refused;
    say(key, "Refused", { why: (errors || [kept.words("Refused" + why.status) || kept.words("RefusedOther")]).join(" ") });
    const line = document.querySelector('[data-shot="' + CSS.escape(key) + '"]');
    if (line && !line.querySelector("button")) {
      line.append(
        drafts.button(
          kept.words("Discard"),
          async () => {
            if (window.confirm(kept.words("SureDiscard"))) {
              await kept.change(key, () => null);
              line.remove();
            }
          },
          "btn btn-link"
        )
      );
    }
  }

  async function take(file) {
    const at = Date.now();
    const key = kept.newKey();
    const data = await file.arrayBuffer();
    const row = {
      order: at,
      at,
      stamp: key,
      page: location.pathname,
      label: photos.dataset.label,
      kind: "photo",
      url: photos.action,
      fields: [["client_key", key]],
      file: { field: "photo", name: file.name, type: file.type, data },
    };
    await kept.change("photo-" + key, () => row);
    shot(row);
  }

  async function takeAll() {
    const input = photos.querySelector("input[type=file]");
    const files = [...input.files];
    input.value = "";
    for (const file of files) {
      await take(file);
    }
    await outbox.run();
  }

  function on(name, work) {
    document.addEventListener("outbox:" + name, (event) => {
      if (event.detail.key.startsWith(kept.owner + "/photo-")) {
        work(event.detail);
      }
    });
  }
  on("sending", (detail) => say(detail.key, "Saving"));
  on("saved", (detail) => say(detail.key, "Saved", { time: kept.clock(detail.at) }));
  on("failed", (detail) => say(detail.key, detail.state === "down" ? "Waiting" : "SignedOut", { time: kept.clock(Date.now()) }));
  on("stuck", (detail) => refused(detail.key, detail.why));

  /* --- what is still kept of this page --- */

  async function recall() {
    const rows = (await kept.all()).filter((row) => row.page === location.pathname).sort((one, other) => one.order - other.order);
    for (const row of rows) {
      if (row.kind === "photo") {
        shot(row);
      } else if ((row.kind === "record" || row.kind === "talk") && !document.querySelector('[data-draft="' + row.key.slice(kept.owner.length + 1) + '"]')) {
        const form = card(row.kind, row.key.slice((kept.owner + "/" + row.kind + "-").length));
        const blank = drafts.read(form);
        await drafts.attach(form);
        drafts.known.get(row.key).first = blank;
      }
    }
  }

  document.querySelectorAll("form.entry").forEach(prepare);
  document.querySelectorAll("[data-new]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      add(link.dataset.new);
    })
  );
  photos.querySelector("[data-without-script]").hidden = true;
  photos.addEventListener("change", takeAll);
  document.getElementById("main").dataset.takesKept = "";
  window.Dudao.ready.push(recall());
})();
