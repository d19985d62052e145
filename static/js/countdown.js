/* 今天 24:00 截止: minutes left, counted from what the server said; without this file the server's time stands there. */
(function () {
  "use strict";
  document.querySelectorAll("[data-minutes]").forEach(function (line) {
    var ends = Date.now() + Number(line.dataset.minutes) * 60000;
    var place = line.querySelector("[data-left]");
    function tell() {
      var left = Math.max(0, Math.round((ends - Date.now()) / 60000));
      var words = left === 0 ? line.dataset.over : left < 60 ? line.dataset.minutesLeft : line.dataset.hoursLeft;
      place.textContent = words.replace("{h}", Math.floor(left / 60)).replace("{m}", left % 60);
    }
    tell();
    window.setInterval(tell, 20000);
  });
})();
