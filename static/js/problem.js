/* The problem form: wording in one tap with a way back, fields that belong to a tick, several photos one after another.
   Without this file phrases come by the server, all fields are shown, and photos are chosen at once. */
(function () {
  "use strict";

  function put(field, value) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* “Use this wording”: title and basis are filled in; what stood there can be taken back */
  var phrases = document.getElementById("phrases");
  if (phrases) {
    phrases.addEventListener("click", function (event) {
      var button = event.target.closest("[data-phrase]");
      if (!button) {
        return;
      }
      event.preventDefault();
      var title = document.getElementById("id_title");
      var basis = document.getElementById("id_basis");
      var before = [title.value, basis.value];
      put(title, button.dataset.title);
      if (button.dataset.basis) {
        put(basis, button.dataset.basis);
      }
      phrases.querySelectorAll(".phrase-done").forEach(function (line) {
        line.remove();
      });
      var line = document.createElement("p");
      line.className = "phrase-done";
      line.textContent = phrases.dataset.saysUndo + " ";
      var back = document.createElement("button");
      back.type = "button";
      back.className = "link-button";
      back.textContent = phrases.dataset.saysBack;
      back.addEventListener("click", function () {
        put(title, before[0]);
        put(basis, before[1]);
        line.remove();
        title.focus();
      });
      line.appendChild(back);
      button.parentElement.appendChild(line);
    });
  }

  /* <div data-shown-by="id of a check box"> */
  document.querySelectorAll("[data-shown-by]").forEach(function (part) {
    var box = document.getElementById(part.dataset.shownBy);
    function show() {
      part.hidden = !box.checked;
    }
    box.addEventListener("change", show);
    document.addEventListener("draft:filled", show);
    show();
  });

  /* Photos taken one after another add up; each can be taken out again before saving */
  document.querySelectorAll("[data-chosen-photos]").forEach(function (list) {
    var input = document.getElementById(list.dataset.chosenPhotos);
    if (!input || typeof DataTransfer === "undefined") {
      return;
    }
    var kept = [];
    function draw() {
      var transfer = new DataTransfer();
      list.replaceChildren();
      kept.forEach(function (file, place) {
        transfer.items.add(file);
        var line = document.createElement("li");
        var name = document.createElement("span");
        name.textContent = file.name;
        var out = document.createElement("button");
        out.type = "button";
        out.className = "link-button";
        out.textContent = list.dataset.saysRemove;
        out.addEventListener("click", function () {
          kept.splice(place, 1);
          draw();
        });
        line.append(name, " ", out);
        list.appendChild(line);
      });
      input.files = transfer.files;
    }
    input.addEventListener("change", function () {
      Array.prototype.forEach.call(input.files, function (file) {
        var known = kept.some(function (each) {
          return each.name === file.name && each.size === file.size && each.lastModified === file.lastModified;
        });
        if (!known) {
          kept.push(file);
        }
      });
      draw();
    });
  });
})();
