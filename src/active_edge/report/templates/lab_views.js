"use strict";
/* What is shown of a variant's document; text only ever as text. */
const LabViews = (function () {
  const { el } = LabForm;
  const dark = JSON.parse(document.getElementById("dark-colours").textContent);
  const simulated = () => document.body.classList.contains("simulated");
  const screenIsDark = window.matchMedia("(prefers-color-scheme: dark)");
  const phone = window.matchMedia("(max-width: 560px)");
  const drawn = new Map();
  const DASH = "–", MINUS = "\u2212";

  const known = (value) => value !== null && value !== undefined;
  const size = (value, digits) => Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  /* As words.py writes numbers: a true minus, and no sign where rounding leaves nothing but zeros. */
  const sign = (value, digits, plus) => !/[1-9]/.test(size(value, digits)) ? "" : value < 0 ? MINUS : plus;
  const number = (value, digits = 2, plus = "") => known(value) ? sign(value, digits, plus) + size(value, digits) : DASH;
  const percent = (value, digits = 1, plus = "") => known(value) ? `${number(100 * value, digits, plus)}\u202f%` : DASH;
  const signed = (value, digits = 1) => percent(value, digits, "+");
  const between = (pair) => pair ? `${signed(pair[0])} to ${signed(pair[1])}` : DASH;
  const plain = (value) => !known(value) ? DASH : typeof value !== "number" ? String(value) : Number.isInteger(value) ? number(value, 0) : number(value, Math.abs(value) < 10 ? 3 : 1);
  const byId = (id) => document.getElementById(id);

  function inDark(value) {
    if (typeof value === "string") return dark[value] || value;
    if (Array.isArray(value)) return value.map(inDark);
    return value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inDark(inner)])) : value;
  }

  /* What is on the page is of this market: its stamp is there, or there is none. */
  function market({ told, stamp }) {
    byId("described").textContent = told;
    byId("stamp").hidden = !stamp;
    byId("stamp").querySelector("span").textContent = stamp;
    document.body.classList.toggle("simulated", Boolean(stamp));
    document.title = `${stamp ? "SIMULATED · " : ""}Lab · Active Edge`;
    byId("factor-found").replaceChildren();
  }

  function plot(id, figure, stamped = simulated()) {
    drawn.set(id, [figure, stamped]);
    const shown = screenIsDark.matches ? inDark(figure) : structuredClone(figure);
    if (phone.matches) {
      shown.layout.font = { ...shown.layout.font, size: 11 };
      for (const name of ["xaxis", "yaxis", "yaxis2"]) if (shown.layout[name] && shown.layout[name].tickmode !== "array") shown.layout[name].nticks = name === "xaxis" ? 6 : 4;
    }
    if (stamped) shown.layout.annotations = [{ text: "SIMULATED", xref: "paper", yref: "paper", x: 1, y: 1, xanchor: "right", yanchor: "bottom", showarrow: false, font: { size: 11, color: getComputedStyle(document.documentElement).getPropertyValue("--stamp").trim() } }];
    Plotly.react(id, shown.data, shown.layout, { displayModeBar: false, responsive: true });
  }
  screenIsDark.addEventListener("change", () => drawn.forEach(([figure, stamped], id) => byId(id) && plot(id, figure, stamped)));

  /* The first line of several growth figures in one. */
  function overlay(id, named, stamped) {
    const held = named.filter(([, figure]) => figure);
    if (!held.length) return;
    const colours = ["#0a5c8c", "#bf4b0b", "#00795a", "#9b4a80", "#8a6a00"], strokes = ["solid", "dash", "dot", "dashdot"];
    const data = held.map(([name, figure], at) => ({ ...figure.data[0], name, yaxis: "y", line: { ...figure.data[0].line, color: colours[at % colours.length], dash: strokes[Math.floor(at / colours.length) % strokes.length] } }));
    const layout = structuredClone(held[0][1].layout);
    delete layout.yaxis2;
    Object.assign(layout, { showlegend: true, legend: { orientation: "h" }, yaxis: { ...layout.yaxis, domain: [0, 1] }, xaxis: { ...layout.xaxis, anchor: "y" } });
    plot(id, { data, layout }, stamped);
  }

  /* columns : [label, key or function of a row, "text" or "number"] */
  function table(caption, columns, rows) {
    const cell = (row, [, read, kind], place) => {
      const value = typeof read === "function" ? read(row) : row[read];
      const attributes = { class: kind || "number" };
      return el(place ? "td" : "th", place ? attributes : { ...attributes, scope: "row" }, value instanceof Node ? value : plain(value));
    };
    return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, el("table", {}, el("caption", { class: "unseen" }, caption),
      el("thead", {}, el("tr", {}, ...columns.map(([label, , kind]) => el("th", { scope: "col", class: kind || "number" }, label)))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map((column, place) => cell(row, column, place)))))));
  }

  function verdict(found) {
    const word = byId("word");
    word.className = `ruling verdict-${found.final ? found.mark.colour : "undecided"}`;
    word.textContent = found.word;
    byId("meaning").textContent = found.final || found.word === found.stats.verdict ? found.mark.meaning : "Benchmarks and factors are passed; what random twins say decides.";
    byId("reason").textContent = found.word === found.stats.verdict ? found.stats.verdict_reason : "Random twins are still being drawn.";
    byId("warnings").replaceChildren(...found.stats.warnings.map((one) => el("li", { class: `level-${one.level}` }, el("span", { class: "level" }, one.level), el("div", {}, el("p", {}, one.text), one.remedy ? el("p", { class: "remedy" }, one.remedy) : null))));
    const rows = Object.entries(found.stats.benchmarks).map(([name, one]) => ({ name, ...one }));
    if (found.stats.factors) rows.push({ name: "factors", ...found.stats.factors });
    if (found.stats.twins) rows.push({ name: "random twins", ...found.stats.twins, alpha_p: found.stats.twins.alpha_p_one_sided });
    byId("edges").replaceChildren(table("Alpha a year with its 95 % interval", [
      ["alpha on", "name", "text"], ["a year", (row) => signed(row.alpha_annual)], ["95 %", (row) => between(row.alpha_ci)],
      ["p, charged", (row) => number(found.stats.adjusted_p[row.name], 3)], ["months", "months"],
    ], rows));
  }

  function measures(found) {
    const stats = found.stats;
    const coverage = Object.values(stats.coverage).filter(known);
    const shown = [
      ["Return a year", signed(stats.annual_return), "compounded, after costs"], ["Deepest fall", percent(stats.max_drawdown), "from a high to the next low"],
      ["Turnover", percent(stats.turnover_annual, 0), "one way, a year"], ["Costs", percent(stats.cost_drag_annual, 2), "of capital a year"],
      ["Names", number(stats.names ? stats.names.median : null, 0), "held in the middle"], ["Least coverage", percent(coverage.length ? Math.min(...coverage) : null, 0), "of a rule, among candidates"],
    ];
    byId("measures").replaceChildren(...shown.map(([label, value, gloss]) => el("div", {}, el("dt", {}, label), el("dd", {}, el("span", { class: "value" }, value), " ", el("span", { class: "gloss" }, gloss)))));
  }

  function price(found) {
    const { trials, sitting, yardstick, needed, alone } = found.price;
    const edge = known(needed) ? ` · edge now needed on ${yardstick}: ${signed(needed)} a year (${signed(alone)} were it the only trial)` : "";
    byId("trials").textContent = `trials: ${number(trials, 0)} (+${number(sitting, 0)} in this sitting)${edge}`;
  }

  /* follow : what is still to come, in words; empty where no choice is among it */
  function choices(found, follow) {
    const rows = found.stats.sensitivity;
    if (!rows.length) return byId("choices").replaceChildren(el("p", { class: "absent" }, follow || "None could be tried."));
    byId("choices").replaceChildren(table("The same claim with one choice changed", [
      ["choice", (row) => `${row.group}: ${row.setting}`, "text"], ["alpha a year", (row) => signed(row.alpha_annual)], ["95 %", (row) => between([row.lower, row.upper])], ["verdict", "verdict", "text"],
    ], rows));
  }

  function first(found, onName, follow) {
    verdict(found);
    measures(found);
    price(found);
    choices(found, follow);
    const growth = byId("growth");
    growth.hidden = !found.growth;
    byId("growth-keys").replaceChildren();
    if (found.growth) {
      plot("growth", found.growth);
      const lines = found.growth.data.filter((line) => line.yaxis !== "y2");
      byId("growth-keys").replaceChildren(...lines.map((line) => el("li", {}, swatch(line.line), line.name)));
      growth.setAttribute("aria-label", `What 1 became: ${lines.map((line) => `${line.name} ${number(line.y[line.y.length - 1])}`).join(", ")}; falls below.`);
    }
    members(found, onName);
    byId("funnel").replaceChildren(el("p", { class: "note" }, `On ${found.on}, in the order of the rules.`), table("Who each rule removes", [
      ["rule", (row) => `${row.part === "rank" ? "rank by " : ""}${row.rule} ${row.bound}`, "text wrap"], ["alone", "alone"], ["in order", "in_order"], ["left", "left"], ["known", (row) => percent(row.known, 0)],
    ], found.funnel));
  }

  function swatch(line) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [key, value] of Object.entries({ class: "key", width: 26, height: 12, "aria-hidden": "true" })) svg.setAttribute(key, value);
    const dashes = { dash: "7 4", dot: "2.5 3", dashdot: "7 3 2 3", longdash: "11 4" };
    for (const [key, value] of Object.entries({ x1: 0, x2: 26, y1: 6, y2: 6, "stroke-dasharray": dashes[line.dash] || "" })) stroke.setAttribute(key, value);
    svg.style.color = screenIsDark.matches ? dark[line.color] || line.color : line.color;
    svg.append(stroke);
    return svg;
  }

  function members(found, onName) {
    const rows = found.members;
    const said = found.held > rows.length ? `${number(found.held, 0)} members decided on ${found.on}; the first ${number(rows.length, 0)} are shown.` : `${number(found.held, 0)} members decided on ${found.on}.`;
    const usual = ["asset", "ticker", "name", "sector", "weight", "score", "rank", "cap_rank", "market_value", "data_age_days"];
    const factors = rows.length ? Object.keys(rows[0]).filter((key) => !usual.includes(key)) : [];
    byId("members").replaceChildren(el("p", { class: "note" }, said), rows.length ? table("Members of the last decision", [
      ["ticker", (row) => el("button", { type: "button", class: "link", onclick: () => onName(row) }, row.ticker || row.asset), "text"], ["name", "name", "text"], ["sector", "sector", "text"],
      ["weight", (row) => percent(row.weight, 2)], ["rank", "rank"], ["age, days", "data_age_days"], ...factors.map((name) => [name.replaceAll("_", " "), name]),
    ], rows) : el("p", { class: "absent" }, "Nobody is a member."));
  }

  return { first, market, overlay, verdict, choices, price, table, plot, number, percent, signed, between, plain, known };
})();
