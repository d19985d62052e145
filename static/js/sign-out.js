/* Signing out with something kept on this machine: asks what becomes of it. Nothing kept: signs out at once. */
(function () {
  "use strict";
  const dialog = document.getElementById("sign-out-kept");
  if (!window.Dudao || !dialog || !dialog.showModal) {
    return;
  }
  const { kept, outbox } = window.Dudao;
  const say = (name, text) => (dialog.querySelector("[data-" + name + "]").textContent = text);
  let leaving = null;

  async function ask(form) {
    const rows = await kept.all();
    if (!rows.length) {
      return leave(form);
    }
    leaving = form;
    const unsynced = rows.filter((row) => row.url).length;
    say("unsynced", unsynced ? kept.words("OutUnsynced", { count: unsynced }) : "");
    say("drafts", rows.length > unsynced ? kept.words("OutDrafts", { count: rows.length - unsynced }) : "");
    dialog.querySelector("[data-list]").replaceChildren(
      ...rows.map((row) => {
        const line = document.createElement("li");
        line.textContent = row.label + " · " + kept.moment(row.at);
        return line;
      })
    );
    dialog.querySelector("[value=send]").hidden = !unsynced;
    if (!dialog.open) {
      dialog.showModal();
    }
  }

  function leave(form) {
    form.dataset.decided = "1";
    delete form.dataset.sent;
    form.submit();
  }

  async function decide(how) {
    if (how === "send") {
      say("unsynced", kept.words("OutSending"));
      await outbox.run();
      if ((await kept.all()).some((row) => row.url)) {
        await ask(leaving);
        say("unsynced", kept.words("OutStill"));
        return;
      }
      return ask(leaving);
    }
    if (how === "wipe") {
      if (!window.confirm(kept.words("SureWipe"))) {
        return;
      }
      await kept.wipe();
    }
    if (how === "wipe" || how === "keep") {
      leave(leaving);
    } else {
      dialog.close();
    }
  }

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.hasAttribute("data-sign-out") && !form.dataset.decided) {
        event.preventDefault();
        event.stopPropagation();
        ask(form).catch(() => leave(form));
      }
    },
    true
  );
  dialog.querySelectorAll("button[value]").forEach((each) => each.addEventListener("click", () => decide(each.value)));
})();
