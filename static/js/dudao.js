/* Small conveniences. Everything works without this file; it only asks, warns and saves a click. */
(function () {
  "use strict";
  var said = document.body.dataset;

  /* A question above the page with two answers; the browser's own box where <dialog> is missing */
  function button(label, css, then) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "btn " + css;
    made.textContent = label;
    made.addEventListener("click", then);
    return made;
  }
  function ask(question, then) {
    var box = document.createElement("dialog");
    if (!box.showModal) {
      if (window.confirm(question)) {
        then();
      }
      return;
    }
    var text = document.createElement("p");
    var foot = document.createElement("div");
    text.textContent = question;
    text.id = "dialog-text";
    foot.className = "dialog-foot";
    box.className = "dialog";
    box.setAttribute("aria-labelledby", text.id);
    foot.append(
      button(said.saysConfirm, "btn-primary", function () {
        box.close();
        then();
      }),
      button(said.saysCancel, "btn-quiet", function () {
        box.close();
      })
    );
    box.append(text, foot);
    box.addEventListener("close", function () {
      box.remove();
    });
    document.body.append(box);
    box.showModal();
  }

  /* “Are you sure?”: <form data-confirm="…"> or <button data-confirm="…"> */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      ask(question, function () {
        form.dataset.confirmed = "1";
        form.requestSubmit(event.submitter || undefined);
        delete form.dataset.confirmed;
      });
      return;
    }
    /* A second click while the first is on its way would only make a second request. */
    var posts = (form.getAttribute("method") || "").toLowerCase() === "post" && !form.hasAttribute("hx-post");
    if (posts && form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (posts) {
      form.dataset.sent = "1";
    }
    delete form.dataset.dirty;
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });

  /* Leaving a form with typed text asks first: <form data-guard> */
  document.addEventListener("input", function (event) {
    var form = event.target.closest && event.target.closest("form[data-guard]");
    if (form) {
      form.dataset.dirty = "1";
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-dirty]")) {
      event.preventDefault();
      event.returnValue = said.saysUnsaved;
    }
  });

  /* The key / puts the cursor into the search box, unless it was switched off on this machine (WCAG 2.1.4) */
  var slash = { box: document.querySelector("input[data-slash]"), off: false };
  try {
    slash.off = window.localStorage.getItem("no-slash") === "1";
  } catch (error) {
    slash.off = false; /* a browser that keeps nothing */
  }
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (event.key === "/" && slash.box && !slash.off && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      slash.box.focus();
      slash.box.select();
    }
  });
  document.querySelectorAll("[data-slash-choice]").forEach(function (choice) {
    var switched = choice.querySelector("button");
    function tell() {
      switched.textContent = slash.off ? switched.dataset.off : switched.dataset.on;
    }
    switched.addEventListener("click", function () {
      slash.off = !slash.off;
      try {
        window.localStorage.setItem("no-slash", slash.off ? "1" : "0");
      } catch (error) {
        /* for this page alone, then */
      }
      tell();
    });
    tell();
    choice.hidden = false;
  });

  var wrong = document.querySelector(".error-summary");
  if (wrong) {
    /* What was typed came back with an error: it is still unsaved */
    document.querySelectorAll("form[data-guard]").forEach(function (form) {
      form.dataset.dirty = "1";
    });
  }

  /* On a phone the list comes first; filters unfold on demand */
  if (window.matchMedia("(max-width: 640px)").matches) {
    document.querySelectorAll("details[data-folds]").forEach(function (fold) {
      fold.open = false;
    });
  }

  /* One more row: a <template data-empty> holds the row with __prefix__ for its number */
  document.querySelectorAll("[data-formset]").forEach(function (set) {
    var button = set.querySelector("[data-add-row]");
    var total = set.querySelector("[name='" + set.dataset.formset + "-TOTAL_FORMS']");
    var most = set.querySelector("[name='" + set.dataset.formset + "-MAX_NUM_FORMS']");
    if (!button || !total) {
      return;
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      var number = parseInt(total.value, 10);
      if (most && number >= parseInt(most.value, 10)) {
        return;
      }
      var html = set.querySelector("template[data-empty]").innerHTML.replace(/__prefix__/g, String(number));
      var rows = set.querySelector("[data-rows]");
      rows.insertAdjacentHTML("beforeend", html);
      total.value = String(number + 1);
      var row = rows.lastElementChild;
      row.querySelector("[data-row-number]").textContent = String(number + 1);
      var first = row.querySelector("input:not([type=hidden]), select, textarea");
      if (first) {
        first.focus();
      }
    });
  });

  /* Ticks in a list: all of the page at once, and how many */
  document.querySelectorAll("form[data-ticks]").forEach(function (form) {
    var all = form.querySelector("[data-tick-all]");
    var told = form.querySelector("[data-tick-count]");
    var boxes = Array.from(form.querySelectorAll("tbody input[type=checkbox]"));
    function count() {
      var ticked = boxes.filter(function (box) {
        return box.checked;
      }).length;
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      form.classList.toggle("has-ticks", ticked > 0);
      told.textContent = ticked ? told.dataset.tickCount.replace("{}", String(ticked)) : "";
    }
    all.closest("label").hidden = false;
    all.addEventListener("change", function () {
      boxes.forEach(function (box) {
        box.checked = all.checked;
      });
      count();
    });
    form.addEventListener("change", count);
    window.addEventListener("pageshow", count);
  });

  /* The user menu closes with Escape or a click elsewhere */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    });
  });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  /* A page that comes back with errors begins at their summary */
  var summary = document.querySelector("[data-focus]");
  if (summary) {
    summary.focus();
  }

  /* A page that waits for the server looks again: <h1 data-look-again="2000"> */
  var waiting = document.querySelector("[data-look-again]");
  if (waiting) {
    window.setTimeout(function () {
      window.location.reload();
    }, parseInt(waiting.dataset.lookAgain, 10));
  }

  /* htmx: say what did not work, keep the page as it is */
  function say(text) {
    var place = document.getElementById("messages");
    var line = document.createElement("details");
    var close = document.createElement("summary");
    var told = document.createElement("p");
    line.className = "message message-error";
    line.open = true;
    close.className = "message-close";
    close.textContent = place.dataset.saysClose;
    told.className = "message-text";
    told.setAttribute("role", "alert");
    told.textContent = text;
    line.append(close, told);
    place.classList.add("messages-now");
    place.replaceChildren(line);
  }
  /* What the server said with the page is put in once more, so that a screen reader hears it */
  var told = document.querySelectorAll("#messages .message");
  if (told.length) {
    window.setTimeout(function () {
      told.forEach(function (line) {
        if (line.open) {
          line.parentNode.appendChild(line);
        }
      });
    }, 300);
  }
  document.body.addEventListener("htmx:sendError", function () {
    say(said.saysOffline);
  });
  document.body.addEventListener("htmx:responseError", function (event) {
    if (event.detail.xhr.status >= 500) {
      say(said.saysFailed);
    }
  });
})();
