/* The unread count of the bar, asked for once a minute while the page is looked at. Nothing is said when that fails. */
(function () {
  "use strict";
  const link = document.querySelector("[data-badge]");
  if (!link) return;

  function show(told) {
    document.querySelectorAll("[data-badge-count]").forEach(function (place) {
      place.textContent = told.count;
      place.hidden = !told.count;
    });
    const words = link.querySelector("[data-badge-words]");
    if (words) words.textContent = told.words;
  }

  function ask() {
    if (document.hidden) return;
    fetch(link.dataset.badge, { headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (told) { if (told) show(told); })
      .catch(function () { /* off line: the drafts' line says so already */ });
  }

  window.setInterval(ask, 60000);
  document.addEventListener("visibilitychange", ask);
})();
