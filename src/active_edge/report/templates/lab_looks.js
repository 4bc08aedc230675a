"use strict";
/* A closer look: the card of a name, and a factor on the candidates. */
const LabLooks = (function () {
  const { el } = LabForm;
  const views = LabViews;
  const byId = (id) => document.getElementById(id);
  const LINE = "#0a5c8c", BAR = "#9fb4c1", GRID = "#ebe7de", INK = "#1c2126";

  function card(found) {
    byId("card").replaceChildren(
      el("h3", {}, `${found.ticker}${found.name ? `, ${found.name}` : ""} on ${found.on}`),
      el("p", { class: "note" }, `${found.sector}. Decided weights: ${Object.entries(found.held).map(([day, weight]) => `${day} ${views.percent(weight, 2)}`).join(", ") || "none"}.`),
      views.table("Every rule for this name", [
        ["rule", (row) => `${row.part === "rank" ? "rank by " : ""}${row.rule} ${row.bound}`, "text wrap"], ["value", "said", "number"], ["passes", (row) => row.passed ? "yes" : "no", "text"],
        ["short by", (row) => row.short_by === 0 ? "" : views.plain(row.short_by)], ["age, days", "data_age_days"],
      ], found.rules),
      found.filings.length ? views.table("What its company filed of what the rules read", [["filed", "filed", "text"], ["item", "item", "text"], ["period ends", "period_end", "text"], ["form", "form", "text"], ["accession", "accession", "text"]], found.filings) : el("p", { class: "absent" }, "No filing behind these rules is known."),
    );
    byId("card").scrollIntoView({ block: "nearest" });
  }

  function figure(kind, x, y, format, across, up) {
    const axis = (text) => ({ gridcolor: GRID, zerolinecolor: GRID, color: INK, automargin: true, title: { text, standoff: 8, font: { size: 12 } } });
    return { data: [kind === "line" ? { type: "scatter", mode: "lines", x, y, line: { color: LINE, width: 1.8 } } : { type: "bar", x, y, marker: { color: BAR } }],
      layout: { margin: { l: 8, r: 8, t: 8, b: 8 }, showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: INK, size: 12 }, xaxis: { ...axis(across), nticks: 6 }, yaxis: { ...axis(up), tickformat: format, nticks: 5 }, bargap: 0.08 } };
  }

  function factor(found) {
    const box = (id, title, label) => el("figure", {}, el("figcaption", {}, title), el("div", { id, class: "plot", role: "img", "aria-label": label }));
    const middles = found.counts.map((_, at) => (found.edges[at] + found.edges[at + 1]) / 2);
    const years = found.ic_by_year, tenths = found.deciles;
    byId("factor-found").replaceChildren(
      el("p", {}, `${found.doc} (${found.unit}; ${found.good === "none" ? "no good end" : `${found.good} is good`})`),
      el("div", { class: "bars" },
        box("look-spread", `Candidates by value on ${found.on}`, "Histogram of the factor among candidates"),
        box("look-coverage", "Share of candidates with a value", "Coverage by decision date"),
        box("look-ic", "Rank correlation with the next return, by year", years.map((row) => `${row.year} ${views.number(row.ic, 3)}`).join(", ")),
        box("look-tenths", "Next return beyond all candidates', by tenth (10 = good end)", tenths.map((row) => `${row.decile} ${views.signed(row.excess, 2)}`).join(", "))),
      views.table("Rank correlation with the screen's other factors", [["factor", "name", "text"], ["correlation", (row) => views.number(row.value, 2)]], Object.entries(found.correlation).map(([name, value]) => ({ name, value }))),
    );
    views.plot("look-spread", figure("bar", middles, found.counts, ",d", "value", "candidates"));
    views.plot("look-coverage", figure("line", Object.keys(found.coverage), Object.values(found.coverage), ".0%", "date", "with a value"));
    views.plot("look-ic", figure("bar", years.map((row) => String(row.year)), years.map((row) => row.ic), ".2f", "year", "correlation"));
    views.plot("look-tenths", figure("bar", tenths.map((row) => row.decile), tenths.map((row) => row.excess), ".1%", "tenth", "beyond all"));
  }

  function choice(start, look) {
    const names = Object.keys(start.schemas.screen.properties.require.properties);
    const select = el("select", { "aria-label": "Factor to look at" }, ...names.map((name) => el("option", { value: name }, name)));
    byId("factor").replaceChildren(
      el("p", { class: "note" }, "Looking at what a factor earned is a trial like any other."),
      el("p", {}, select, " ", el("button", { type: "button", onclick: () => look(select.value) }, "Look")), el("div", { id: "factor-found" }));
  }

  return { card, factor, choice };
})();
