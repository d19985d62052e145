/* Several files, each sent by itself: dropped or chosen, with progress, its own errors and a retry. Without this file
   the same form sends them all at once. */
(function () {
  "use strict";
  var place = document.querySelector("[data-uploads]");
  if (!place || !window.FormData) {
    return;
  }
  var form = place.closest("form");
  var says = place.dataset;
  var input = place.querySelector("input[type=file]");
  var shared = form.elements.description;
  var types = (input.getAttribute("accept") || "").split(",");
  var rows = [];
  var busy = false;

  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) {
      element.className = className;
    }
    if (text) {
      element.textContent = text;
    }
    return element;
  }

  /* The place to drop files; the browser's own field stays reachable by its label */
  var zone = make("p", "drop-zone");
  var choose = make("label", "btn btn-quiet", says.saysChoose);
  choose.htmlFor = input.id;
  zone.append(says.saysDrop + " ", choose);
  input.classList.add("drop-input");
  input.before(zone);
  var list = make("ul", "uploads");
  var told = make("p", "uploads-told");
  told.setAttribute("role", "status");
  place.append(list, told);
  var reasonField = form.elements.same_file_reason.closest(".field");
  reasonField.hidden = true;

  function stem(name) {
    return name.replace(/\.[^.]+$/, "").slice(0, 200);
  }

  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  function hindrance(file) {
    var dot = file.name.lastIndexOf(".");
    var type = dot < 0 ? "" : file.name.slice(dot).toLowerCase();
    if (!file.size) {
      return says.saysEmpty;
    }
    if (file.size > parseInt(says.most, 10)) {
      return says.saysLarge;
    }
    return types.indexOf(type) < 0 ? says.saysType : "";
  }

  function field(row, name, label, value) {
    var id = "upload-" + name + "-" + row.number;
    var holder = make("p", "upload-field");
    var caption = make("label", "", label);
    var box = make("input", "form-control");
    caption.htmlFor = box.id = id;
    box.type = "text";
    box.maxLength = 255;
    box.value = value;
    holder.append(caption, box);
    row.element.append(holder);
    return { holder: holder, box: box };
  }

  function add(file) {
    var row = { file: file, number: rows.length + 1, state: "waiting", element: make("li", "upload") };
    var head = make("div", "upload-head");
    row.progress = make("progress");
    row.progress.max = 100;
    row.progress.value = 0;
    row.progress.setAttribute("aria-label", file.name);
    row.word = make("span", "upload-word", says.saysWaiting);
    row.retry = make("button", "btn btn-quiet", says.saysRetry);
    row.remove = make("button", "btn btn-link", says.saysRemove);
    [row.retry, row.remove].forEach(function (button) {
      button.type = "button";
      button.append(" ", make("span", "visually-hidden", file.name));
    });
    row.retry.hidden = true;
    head.append(make("b", "upload-name", file.name), make("span", "soft num", size(file.size)), row.progress, row.word, row.retry, row.remove);
    row.element.append(head);
    row.fault = make("p", "wrong");
    row.fault.setAttribute("role", "alert");
    row.element.append(row.fault);
    row.description = field(row, "description", says.saysDescription, shared.value || stem(file.name));
    row.reason = field(row, "reason", says.saysReason, "");
    row.reason.holder.hidden = true;
    row.description.box.addEventListener("input", function () {
      row.typed = true;
    });
    row.retry.addEventListener("click", function () {
      refresh(function () {
        send(row, finish);
      });
    });
    row.remove.addEventListener("click", function () {
      rows.splice(rows.indexOf(row), 1);
      row.element.remove();
      input.focus();
      finish();
    });
    rows.push(row);
    list.append(row.element);
    var wrong = hindrance(file);
    if (wrong) {
      fail(row, wrong, true);
    }
  }

  function take(files) {
    Array.prototype.forEach.call(files, add);
    input.value = "";
    form.dataset.dirty = "1";
  }

  function fail(row, text, hopeless) {
    row.state = hopeless ? "refused" : "failed";
    row.word.textContent = says.saysFailed;
    row.fault.textContent = text;
    row.progress.hidden = true;
    row.retry.hidden = !!hopeless;
    row.element.classList.add("upload-wrong");
  }

  function answer(row, request) {
    var told;
    try {
      told = JSON.parse(request.responseText);
    } catch (error) {
      told = null;
    }
    if (told && told.done) {
      row.state = "done";
      row.word.textContent = says.saysDone;
      row.progress.value = 100;
      row.element.classList.add("upload-done");
      [row.remove, row.description.holder, row.reason.holder].forEach(function (each) {
        each.hidden = true;
      });
      return;
    }
    if (!told || !told.errors) {
      fail(row, request.status >= 500 ? says.saysBroken : says.saysSignedOut);
      return;
    }
    var reused = told.errors.filter(function (each) {
      return each.field === "same_file_reason";
    });
    if (reused.length) {
      row.reason.holder.hidden = false;
      row.reason.box.focus();
    }
    fail(row, told.errors.map(function (each) {
      return each.text;
    }).join(" "));
  }

  function send(row, then) {
    var data = new FormData();
    ["csrfmiddlewaretoken", "measure", "effective_on"].forEach(function (name) {
      data.append(name, form.elements[name].value);
    });
    data.append("uploads", row.file);
    data.append("description", row.description.box.value);
    data.append("same_file_reason", row.reason.box.value);
    row.state = "sending";
    row.fault.textContent = "";
    row.retry.hidden = true;
    row.progress.hidden = false;
    row.element.classList.remove("upload-wrong");
    row.word.textContent = says.saysSending;
    var request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action") || window.location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", function (event) {
      if (event.lengthComputable) {
        row.progress.value = Math.floor((100 * event.loaded) / event.total);
        row.word.textContent = says.saysSending + " " + row.progress.value + "%";
      }
    });
    request.addEventListener("load", function () {
      answer(row, request);
      then();
    });
    request.addEventListener("error", function () {
      fail(row, says.saysBroken);
      then();
    });
    request.send(data);
  }

  /* A sign-in in another tab has made a new token: read it before trying again */
  function refresh(then) {
    var request = new XMLHttpRequest();
    request.open("GET", window.location.href);
    request.addEventListener("load", function () {
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var fresh = page.querySelector("[data-uploads]");
      var token = fresh && fresh.closest("form").querySelector("[name=csrfmiddlewaretoken]");
      if (token) {
        form.elements.csrfmiddlewaretoken.value = token.value;
      }
      then();
    });
    request.addEventListener("error", then);
    request.send();
  }

  function count(states) {
    return rows.filter(function (row) {
      return states.indexOf(row.state) >= 0;
    }).length;
  }

  function finish() {
    if (count(["sending", "waiting"]) || !rows.length) {
      return;
    }
    var failed = count(["failed", "refused"]);
    if (!failed) {
      delete form.dataset.dirty;
      if (form.dataset.draft) {
        document.cookie = "draft-saved=" + form.dataset.draft + "; path=/; max-age=3600; samesite=Lax"; /* as core/middleware.py */
      }
      window.location.assign(says.back);
      return;
    }
    told.textContent = says.saysLeft.replace("{done}", count(["done"])).replace("{failed}", failed);
  }

  function next() {
    var row = rows.filter(function (each) {
      return each.state === "waiting" || each.state === "again";
    })[0];
    if (row) {
      send(row, next);
    } else {
      busy = false;
      finish();
    }
  }

  input.addEventListener("change", function () {
    take(input.files);
  });
  shared.addEventListener("input", function () {
    rows.forEach(function (row) {
      if (!row.typed && row.state !== "done") {
        row.description.box.value = shared.value || stem(row.file.name);
      }
    });
  });
  form.addEventListener("submit", function (event) {
    if (!rows.length) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (busy) {
      return;
    }
    busy = true;
    rows.forEach(function (row) {
      if (row.state === "failed") {
        row.state = "again";
      }
    });
    next();
  });
  ["dragenter", "dragover"].forEach(function (name) {
    place.addEventListener(name, function (event) {
      event.preventDefault();
      place.classList.add("drop-over");
    });
  });
  ["dragleave", "drop"].forEach(function (name) {
    place.addEventListener(name, function (event) {
      event.preventDefault();
      place.classList.remove("drop-over");
    });
  });
  place.addEventListener("drop", function (event) {
    take(event.dataTransfer.files);
  });
})();
