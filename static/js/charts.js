/* Charts of 驾驶舱, each drawn from its own table: one source, and without this file the tables stand.
   data-most: how many rows a chart draws; data-series: how many columns. The table has them all.
   <figure data-chart="lines|bars"> holds a heading and a table; links of the table's cells are what a click opens. */
(function () {
  "use strict";
  var says = document.currentScript.dataset;
  var style = getComputedStyle(document.documentElement);
  var drawn = [];

  function token(name) {
    return style.getPropertyValue(name).trim();
  }
  var ink = token("--ink-soft");
  var colours = [token("--action"), token("--light-yellow-dot")];

  function number(cell) {
    var text = cell.textContent.trim();
    return /^-?\d+$/.test(text) ? Number(text) : null;
  }
  function read(figure, table) {
    var rows = Array.from(table.tBodies[0].rows).slice(0, Number(figure.dataset.most) || undefined);
    var last = 1 + Number(figure.dataset.series || 9);
    return {
      names: rows.map(function (row) {
        return row.cells[0].textContent.trim();
      }),
      days: rows.map(function (row) {
        return row.cells[0].dataset.day || "";
      }),
      series: Array.from(table.tHead.rows[0].cells).slice(1, last).map(function (head, place) {
        return {
          name: head.textContent.trim(),
          data: rows.map(function (row) {
            return number(row.cells[place + 1]);
          }),
          links: rows.map(function (row) {
            var link = row.cells[place + 1].querySelector("a");
            return link ? link.href : "";
          }),
        };
      }),
    };
  }

  function shared(told) {
    return {
      animation: false,
      color: colours,
      aria: { enabled: true, decal: { show: true } },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" } },
      legend: { show: told.series.length > 1, top: 0, right: 0, itemHeight: 10, textStyle: { color: ink } },
    };
  }
  var quiet = { axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line-strong") } } };

  function lines(told, figure) {
    var today = told.days.findIndex(function (day) {
      return day >= figure.dataset.today;
    });
    var option = shared(told);
    option.grid = { left: 4, right: 12, top: 28, bottom: 4, containLabel: true };
    option.xAxis = Object.assign({ type: "category", data: told.names, axisLabel: { color: ink } }, quiet);
    option.yAxis = { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: token("--line") } } };
    option.series = told.series.map(function (each, place) {
      return {
        name: each.name,
        type: "line",
        data: each.data,
        symbol: place ? "circle" : "emptyTriangle",
        symbolSize: 7,
        lineStyle: { width: 2, type: place ? "solid" : "dashed" },
        markLine:
          place && today >= 0
            ? { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: ink, type: "dotted" }, data: [{ xAxis: today }] }
            : undefined,
      };
    });
    option.color = [ink, token("--action")];
    return option;
  }
  function bars(told) {
    var option = shared(told);
    option.grid = { left: 4, right: 32, top: told.series.length > 1 ? 24 : 4, bottom: 0, containLabel: true };
    option.xAxis = { type: "value", show: false };
    option.yAxis = Object.assign(
      { type: "category", inverse: true, data: told.names, axisLabel: { color: ink, width: 108, overflow: "truncate", interval: 0, fontSize: 12 } }, quiet
    );
    option.series = told.series.map(function (each) {
      return { name: each.name, type: "bar", data: each.data, barMaxWidth: 12, label: { show: true, position: "right", color: ink } };
    });
    return option;
  }

  function button(label, then) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "link-button";
    made.textContent = label;
    made.addEventListener("click", then);
    return made;
  }
  function save(chart, title) {
    var link = document.createElement("a");
    link.download = title + ".png";
    link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#fff" });
    link.click();
  }

  function draw(figure) {
    var table = figure.querySelector("table");
    var title = figure.querySelector("h2").textContent.trim();
    var told = read(figure, table);
    if (figure.querySelector(".chart") || !told.names.length) {
      return;
    }
    var place = document.createElement("div");
    var tools = document.createElement("p");
    place.className = "chart";
    place.setAttribute("role", "img");
    tools.className = "chart-tools no-print";
    figure.insertBefore(place, figure.querySelector(".table-frame"));
    figure.classList.add("is-drawn");
    var chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(figure.dataset.chart === "lines" ? lines(told, figure) : bars(told));
    place.setAttribute("aria-label", title);
    chart.on("click", function (hit) {
      var url = told.series[hit.seriesIndex].links[hit.dataIndex];
      if (url) {
        window.location.assign(url);
      }
    });
    var turn = button(says.saysTable, function () {
      var shown = figure.classList.toggle("shows-table");
      turn.textContent = shown ? says.saysChart : says.saysTable;
      turn.setAttribute("aria-expanded", String(shown));
      chart.resize();
    });
    turn.setAttribute("aria-expanded", "false");
    tools.append(turn, button(says.saysPicture, function () {
      save(chart, title);
    }));
    figure.querySelector("figcaption").append(tools);
    drawn.push(chart);
  }
  function drawAll() {
    drawn = drawn.filter(function (chart) {
      if (document.body.contains(chart.getDom())) {
        return true;
      }
      chart.dispose();
      return false;
    });
    drawEach(Array.from(document.querySelectorAll("figure[data-chart]")));
  }
  /* One after another: between two the page answers to the reader. */
  function drawEach(waiting) {
    if (waiting.length) {
      draw(waiting.shift());
      window.setTimeout(drawEach, 0, waiting);
    }
  }
  function fit() {
    drawn.forEach(function (chart) {
      chart.resize();
    });
  }

  if (window.echarts) {
    drawAll();
    document.addEventListener("htmx:afterSettle", drawAll);
    window.addEventListener("resize", fit);
    window.addEventListener("beforeprint", fit);
  }
  document.querySelectorAll("[data-fullscreen]").forEach(function (way) {
    if (document.documentElement.requestFullscreen) {
      way.hidden = false;
      way.addEventListener("click", function () {
        document.documentElement.requestFullscreen();
      });
    }
  });
})();
