/* What is kept and cannot be saved here any more (the log was submitted, the form is gone): shown, to be copied or let go. */
(function () {
  "use strict";
  if (!window.Dudao) {
    return;
  }
  const { kept, drafts } = window.Dudao;
  const { make, button } = drafts;

  function textOf(row) {
    const shown = row.fields.filter(([name, value]) => value && row.names && row.names[name] && row.names[name] !== name);
    return shown.map(([name, value]) => kept.words("Pair", { name: row.names[name], value })).join("\n");
  }

  async function copy(text) {
    const area = make("textarea", "visually-hidden");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy"); /* the newer way needs https */
    area.remove();
  }

  function copyDoor(textNow) {
    const door = button(kept.words("Copy"), async () => {
      await copy(await textNow());
      door.textContent = kept.words("Copied");
    });
    return door;
  }

  function letGo(key, after) {
    return button(
      kept.words("Discard"),
      async () => {
        if (window.confirm(kept.words("SureDiscard"))) {
          await kept.change(key, () => null);
          after();
        }
      },
      "btn btn-link"
    );
  }

  /* Beside a form that was refused */
  function doors(draft) {
    const line = make("p", "doors draft-refused");
    line.append(
      copyDoor(async () => textOf(await kept.get(draft.key))),
      letGo(draft.key, () => window.location.reload())
    );
    draft.form.querySelector("[data-draft-state]").after(line);
  }

  function block(row) {
    const box = make("article", "leftover");
    box.append(make("h3", "", row.label), make("p", "soft", kept.words("KeptSince", { when: kept.moment(row.at) })));
    const ways = make("p", "doors");
    if (row.file) {
      const link = make("a", "btn btn-quiet", kept.words("SaveFile", { name: row.file.name }));
      link.href = URL.createObjectURL(new Blob([row.file.data], { type: row.file.type }));
      link.download = row.file.name;
      ways.append(link);
    } else {
      box.append(make("p", "leftover-text", textOf(row)));
      ways.append(copyDoor(async () => textOf(row)));
    }
    ways.append(
      letGo(row.key, () => {
        box.remove();
        if (!document.querySelector(".leftover")) {
          document.querySelector(".leftovers").remove();
        }
      })
    );
    box.append(ways);
    return box;
  }

  async function show() {
    const here = (await kept.all()).filter((row) => row.page === location.pathname && !drafts.known.has(row.key));
    const rows = here.filter((row) => !row.key.includes("~") || !drafts.known.has(row.key.split("~")[0]));
    if (!rows.length || document.querySelector("[data-takes-kept]")) {
      return;
    }
    const box = make("section", "card-part leftovers");
    box.append(make("h2", "", kept.words("Leftovers")), make("p", "", kept.words("LeftoversWhy")), ...rows.map(block));
    document.getElementById("messages").after(box);
  }

  window.Dudao.leftovers = { doors, textOf };
  document.addEventListener("DOMContentLoaded", () => Promise.all(window.Dudao.ready).then(show));
})();
