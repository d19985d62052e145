/* Copies a text field. Intranets without https have no clipboard API: the old command works there, too. */
(function () {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      const field = document.getElementById(button.dataset.copy);
      field.focus();
      field.select();
      if (document.execCommand("copy")) button.textContent = button.dataset.copied;
    });
  });
})();
