/* The report's editor: a running server clock, and the item's latest state taken over into the text. */
(function () {
  "use strict";
  document.querySelectorAll("[data-server-time]").forEach(function (clock) {
    var began = Date.parse(clock.dataset.serverTime);
    var ends = Date.parse(clock.dataset.ends);
    var opened = Date.now();
    var left = clock.parentElement.querySelector("[data-left]");
    var shift = clock.dataset.serverTime.slice(-6).split(":");
    var minutesEast = (parseInt(shift[0], 10) || 0) * 60 + (parseInt(shift[1], 10) || 0);

    function two(number) {
      return (number < 10 ? "0" : "") + number;
    }

    function tick() {
      var now = began + (Date.now() - opened);
      var local = new Date(now + minutesEast * 60000);
      var minutes = Math.max(0, Math.floor((ends - now) / 60000));
      clock.textContent = clock.textContent.replace(/\d\d:\d\d$/, two(local.getUTCHours()) + ":" + two(local.getUTCMinutes()));
      left.textContent = left.dataset.left.replace("%(hours)d", Math.floor(minutes / 60)).replace("%(minutes)d", minutes % 60);
    }

    window.setInterval(tick, 15000);
  });

  document.querySelectorAll("[data-fill]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = document.getElementById(button.dataset.fill);
      text.value = button.dataset.with;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
  });
})();
