"use strict";
(function () {
  const dark = JSON.parse(document.getElementById("dark-colours").textContent);
  const simulated = document.body.classList.contains("simulated");
  const screenIsDark = window.matchMedia("(prefers-color-scheme: dark)");
  const paperIsPrinted = window.matchMedia("print");
  let figures = {};
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
      for (const name of ["xaxis", "yaxis", "yaxis2"]) {
        if (layout[name] && layout[name].tickmode !== "array" && !layout[name].dtick) layout[name].nticks = name === "xaxis" ? 6 : 4;
      }
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

  async function unpacked(id) {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  function draw() {
    for (const [name, drawn] of Object.entries(figures)) {
      const plot = document.getElementById(name);
      const figure = fitted(drawn);
      const again = plot.classList.contains("js-plotly-plot");
      Plotly.react(plot, figure.data, figure.layout, { displayModeBar: false, responsive: true, scrollZoom: false });
      if (again) Plotly.Plots.resize(plot);
    }
  }

  async function start() {
    if (typeof DecompressionStream === "undefined") return;
    const library = document.createElement("script");
    library.textContent = await unpacked("plotly-library");
    document.head.append(library);
    figures = JSON.parse(await unpacked("figures"));
    for (const note of document.querySelectorAll(".plot > .note")) note.remove();
    draw();
    document.documentElement.dataset.drawn = "yes";
    screenIsDark.addEventListener("change", draw);
    phone.addEventListener("change", draw);
    paperIsPrinted.addEventListener("change", draw);
  }

  window.addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
  start();
})();
