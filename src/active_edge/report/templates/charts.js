"use strict";
(function () {
  const dark = JSON.parse(document.getElementById("dark-colours").textContent);
  const simulated = document.body.classList.contains("simulated");
  const screenIsDark = window.matchMedia("(prefers-color-scheme: dark)");
  const paperIsPrinted = window.matchMedia("print");
  let figures = {};
  const unseen = new Set();
  const phone = window.matchMedia("(max-width: 560px)");

  function inDark(value) {
    if (typeof value === "string") return dark[value] || value;
    if (Array.isArray(value)) return value.map(inDark);
    if (value && typeof value === "object") {
      const copy = {};
      for (const key of Object.keys(value)) copy[key] = inDark(value[key]);
      return copy;
    }
    return value;
  }

  function fitted(figure) {
    const shown = screenIsDark.matches && !paperIsPrinted.matches ? inDark(figure) : structuredClone(figure);
    const layout = shown.layout;
    if (phone.matches) {
      layout.font.size = 11;
      layout.margin.r = 6;
      for (const trace of shown.data) delete trace.texttemplate;
      for (const name of ["xaxis", "yaxis", "yaxis2"]) {
        if (layout[name] && layout[name].tickmode !== "array" && !layout[name].dtick) layout[name].nticks = name === "xaxis" ? 6 : 4;
      }
    }
    if (layout.xaxis && layout.xaxis.type === "date" && !phone.matches) {
      layout.xaxis.fixedrange = false;
      layout.dragmode = "zoom";
    }
    if (simulated) {
      layout.annotations = (layout.annotations || []).concat([{
        text: "SIMULATED", xref: "paper", yref: "paper", x: 1, y: 1, xanchor: "right", yanchor: "bottom",
        showarrow: false, font: { size: 11, color: inkOf("--stamp") }
      }]);
    }
    return shown;
  }

  function inkOf(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";

  function bytesOf(text) {
    const digits = new Uint8Array(128);
    for (let place = 0; place < 85; place++) digits[LETTERS.charCodeAt(place)] = place;
    const left = (5 - (text.length % 5)) % 5, whole = text + "~".repeat(left), bytes = new Uint8Array((whole.length / 5) * 4);
    for (let at = 0, to = 0; at < whole.length; at += 5) {
      let value = 0;
      for (let digit = 0; digit < 5; digit++) value = value * 85 + digits[whole.charCodeAt(at + digit)];
      for (let shift = 24; shift >= 0; shift -= 8) bytes[to++] = Math.floor(value / 2 ** shift) % 256;
    }
    return bytes.subarray(0, bytes.length - left);
  }

  async function unpacked(id) {
    const packed = bytesOf(document.getElementById(id).textContent.trim());
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  /* What is folded away is drawn when it opens. */
  function draw(all) {
    for (const [name, drawn] of Object.entries(figures)) {
      const plot = document.getElementById(name), fold = plot.closest("details.part");
      if (fold && !fold.open && all !== true) { unseen.add(name); continue; }
      unseen.delete(name);
      const figure = fitted(drawn);
      const again = plot.classList.contains("js-plotly-plot");
      Plotly.react(plot, figure.data, figure.layout, { displayModeBar: false, responsive: true, scrollZoom: false });
      if (again) Plotly.Plots.resize(plot);
    }
  }

  function element(name, text, attributes) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    return made;
  }

  function table(caption, columns, rows) {
    const made = element("table");
    made.append(element("caption", caption, { class: "unseen" }));
    const head = made.createTHead().insertRow();
    for (const column of columns) head.append(element("th", column || "Name", { scope: "col" }));
    const body = made.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      row.forEach((cell, place) => line.append(place ? element("td", cell) : element("th", cell, { scope: "row" })));
    }
    return made;
  }

  function wireRanges(group) {
    const plot = document.getElementById(group.dataset.plot);
    const pressed = (button, kind) => {
      for (const other of group.querySelectorAll("button[data-" + kind + "]")) other.setAttribute("aria-pressed", String(other === button));
    };
    group.hidden = false;
    group.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.scale) {
        const settings = figures[plot.id].layout.meta.scales[button.dataset.scale];
        const changed = { "yaxis.autorange": true };
        for (const [key, value] of Object.entries(settings)) changed["yaxis." + key] = value;
        Plotly.relayout(plot, changed);
        pressed(button, "scale");
      } else {
        const years = Number(button.dataset.years);
        const days = figures[plot.id].data[0].x;
        const last = days[days.length - 1];
        const first = new Date(last + "T00:00:00Z");
        first.setUTCFullYear(first.getUTCFullYear() - years);
        const from = first.toISOString().slice(0, 10);
        Plotly.relayout(plot, years ? { "xaxis.range": [from < days[0] ? days[0] : from, last] } : { "xaxis.autorange": true });
        pressed(button, "years");
      }
    });
  }

  /* The legend of a picture of many lines shows and hides them. */
  function wireKeys(plot) {
    const figure = figures[plot.id];
    if (!(figure.layout.meta || {}).chosen) return;
    for (const item of plot.closest("figure").querySelectorAll(".keys li")) {
      const name = item.textContent.trim().replace(/\u202f/g, " ");
      const own = figure.data.filter((trace) => (trace.legendgroup || trace.name) === name && trace.yaxis !== "y2");
      if (!own.length) continue;
      const button = element("button", undefined, { type: "button", "aria-pressed": String(own[0].visible !== "legendonly"), title: "Show or hide this line" });
      button.append(...item.childNodes);
      item.append(button);
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(shown));
        for (const trace of own) trace.visible = shown || "legendonly";
        Plotly.restyle(plot, { visible: shown || "legendonly" }, own.map((trace) => figure.data.indexOf(trace)));
      });
    }
  }

  const MOST_ROWS = 400;

  // As words.py writes numbers: a true minus, thousands separated, never a negative zero.
  function number(value, least, most) {
    const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });
    return value < 0 && /[1-9]/.test(text) ? "\u2212" + text : text;
  }

  function told(value, axis) {
    if (value === null || value === undefined) return "\u2013";
    if (typeof value !== "number") return String(value);
    const percent = axis && /%/.test(axis.tickformat || "");
    return percent ? number(100 * value, 2, 2) + " %" : number(value, 0, 4);
  }

  function numbersOf(figure) {
    const [first] = figure.data, layout = figure.layout;
    if (first.type === "heatmap") {
      return [["", ...first.x], first.y.map((name, row) => [name, ...first.z[row].map((value) => told(value, { tickformat: "%" }))])];
    }
    if (first.type === "histogram") return [["Rank", "Value"], [...first.x].sort((a, b) => a - b).slice(0, MOST_ROWS).map((value, place) => [String(place + 1), told(value, layout.xaxis)])];
    if (first.error_x || first.mode === "markers") {
      return [["", "Estimate", "From", "To"], figure.data.map((trace) => {
        const [value] = trace.x, ends = trace.error_x;
        return [trace.name, told(value, layout.xaxis), ...(ends ? [told(value - ends.arrayminus[0], layout.xaxis), told(value + ends.array[0], layout.xaxis)] : ["\u2013", "\u2013"])];
      })];
    }
    const days = [...new Set(figure.data.flatMap((trace) => trace.x))];
    if (layout.xaxis.type === "date") days.sort();
    const at = figure.data.map((trace) => new Map(trace.x.map((day, place) => [day, trace.y[place]])));
    const step = Math.ceil(days.length / MOST_ROWS);
    const shown = days.filter((_, place) => place % step === 0 || place === days.length - 1);
    const names = figure.data.map((trace) => (trace.name || "value") + (trace.yaxis === "y2" ? ", fall" : ""));
    return [["", ...names], shown.map((day) => [day, ...at.map((values, place) => told(values.get(day), figure.data[place].yaxis === "y2" ? layout.yaxis2 : layout.yaxis))])];
  }

  function wireNumbers(fold) {
    fold.hidden = false;
    fold.addEventListener("toggle", () => {
      const place = fold.querySelector(".scroll");
      if (fold.open && !place.firstChild) place.append(table(fold.closest("figure").querySelector("h3").textContent, ...numbersOf(figures[fold.dataset.plot])));
    });
  }

  function lead(box, pages) {
    for (const cell of box.querySelectorAll("tbody th")) {
      const page = pages[cell.textContent];
      if (page) cell.replaceChildren(element("a", cell.textContent, { href: page, title: "As known on " + page.slice(-15, -5) }));
    }
  }

  function wireDecisions(box, told) {
    const chosen = box.querySelector("select"), [held, left] = box.querySelectorAll(".scroll");
    for (const day of Object.keys(told.held)) chosen.append(element("option", day));
    const show = () => {
      held.replaceChildren(table("Held from " + chosen.value, told.columns, told.held[chosen.value]));
      if (!told.pages_on || chosen.value === told.pages_on) lead(held, told.pages);
      left.replaceChildren(table("Left on " + chosen.value, ["Ticker", "Name", "Why it left"], told.left[chosen.value]));
      box.querySelector(".said").textContent = told.said[chosen.value];
    };
    chosen.addEventListener("change", show);
    show();
    box.hidden = false;
  }

  async function start() {
    if (typeof DecompressionStream === "undefined") return;
    if (document.getElementById("plotly-library")) {
      const library = document.createElement("script");
      library.textContent = await unpacked("plotly-library");
      document.head.append(library);
    }
    if (typeof Plotly === "undefined") return;
    const content = JSON.parse(await unpacked("figures"));
    figures = content.figures;
    for (const figure of Object.values(figures)) for (const trace of figure.data) if (typeof trace.x === "number") trace.x = content.shared[trace.x];
    for (const note of document.querySelectorAll(".plot > .note")) note.remove();
    draw();
    for (const fold of document.querySelectorAll("details.part")) {
      fold.addEventListener("toggle", () => { if ([...fold.querySelectorAll(".plot")].some((plot) => unseen.has(plot.id))) draw(); });
    }
    for (const group of document.querySelectorAll(".ranges")) wireRanges(group);
    for (const plot of document.querySelectorAll(".plot")) wireKeys(plot);
    for (const fold of document.querySelectorAll("details.behind")) wireNumbers(fold);
    if (content.decisions) wireDecisions(document.querySelector(".decisions"), content.decisions);
    document.documentElement.dataset.drawn = "yes";
    screenIsDark.addEventListener("change", draw);
    phone.addEventListener("change", draw);
    paperIsPrinted.addEventListener("change", draw);
  }

  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details:not(.behind)")) folded.open = true;
    if (unseen.size) draw();
  });
  start();
})();
