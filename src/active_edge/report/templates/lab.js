"use strict";
/* The lab: all state here (values, pins, history); the whole variant goes out at each call, and the latest wins. */
(function () {
  const start = JSON.parse(document.getElementById("start").textContent);
  const token = new URLSearchParams(location.search).get("token");
  const tab = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
  const QUIET_MS = 250, MOST = 6;
  const { el } = LabForm;
  const views = LabViews;
  const byId = (id) => document.getElementById(id);

  let variant = null, ends = {}, shown = null, number = 0;
  let flying = false, waiting = false, quiet = null, finishing = null;
  let past = [], place = -1, pins = [];
  /* Names in the three lists; what is on the page is of the market chosen, or was not evaluated there. */
  let chosen = { market: start.market.name, strategy: start.first, screen: "" }, wanted = chosen.market;

  /* By stage what it adds to the page, and whether a variant has any of it. */
  const ADDS = {
    twins: ["random twins", (stats) => stats.twins],
    choices: ["other choices", (stats) => stats.sensitivity.length],
    full: ["hidden data", () => true],
  };

  async function call(name, body, signal) {
    try {
      const answer = await fetch(`/${name}`, { method: "POST", signal, headers: { "content-type": "application/json", "x-lab-token": token }, body: JSON.stringify({ tab, ...body }) });
      return { status: answer.status, ...(await answer.json()) };
    } catch (error) {
      return error.name === "AbortError" ? { status: 0 } : { status: 0, error: "The lab does not answer; is it still running? What was saved is on the disk." };
    }
  }

  /* What follows once so many stages are on the page. */
  function follow(done) {
    const words = start.stages.slice(done).map((stage) => ADDS[stage][0]);
    return words.length ? `Follow: ${words.join(", ")}.` : "";
  }

  function drawn(done, stats) {
    const words = start.stages.slice(0, done).map((stage) => `${ADDS[stage][1](stats) ? "" : "no "}${ADDS[stage][0]}`);
    return `Drawn: ${words.join(", ")}.`;
  }

  const choicesFollow = (done) => start.stages.indexOf("choices") < done ? "" : follow(done);

  function said(text, wrong) {
    byId("problem").hidden = !wrong;
    byId("problem").textContent = wrong || "";
    byId("status").textContent = text;
  }

  /* One call in flight, at most one waiting: what is sent next is the variant as it then is. */
  async function evaluate(keep) {
    clearTimeout(quiet);
    if (finishing) finishing.abort();
    if (flying) { waiting = true; return; }
    flying = true;
    document.querySelector(".results").classList.add("waiting");
    said(shown ? "evaluating …" : "reading the market; the first look takes longest …");
    const asked = { number: ++number, variant: structuredClone(variant), chosen: { ...chosen } };
    const began = performance.now();
    const found = await call("evaluate", { ...asked, market: asked.chosen.market });
    flying = false;
    document.querySelector(".results").classList.remove("waiting");
    if (found.status !== 200) { said("not evaluated", found.error || found.dropped || "the lab did not answer"); drawHistory(); }
    else show(asked, found, Math.round(performance.now() - began), keep);
    document.documentElement.dataset.shown = String(number);
    if (waiting) { waiting = false; evaluate(true); }
  }

  function show(asked, found, took, keep) {
    const known = Object.keys(found.ends).every((name) => name in ends);
    ends = { ...ends, ...found.ends };
    if (!known) drawForm();
    if (!shown || shown.found.market.name !== found.market.name) views.market(found.market);
    shown = { ...asked, found };
    views.first(found, card, choicesFollow(0));
    said(`${took} ms. ${follow(0)}`);
    byId("card").replaceChildren();
    if (keep) remember(asked, found);
    quiet = setTimeout(() => finish(asked.number), QUIET_MS);
  }

  async function finish(asked) {
    finishing = new AbortController();
    for (const [at, stage] of start.stages.entries()) {
      const found = await call("finish", { number: asked, stage }, finishing.signal);
      if (found.status !== 200 || asked !== number || waiting) { if (found.error || asked === number && found.dropped) said("not finished", found.error || found.dropped); return; }
      shown.found = { ...shown.found, ...found };
      views.verdict(shown.found);
      views.choices(shown.found, choicesFollow(at + 1));
      const of = past[place];
      if (of) { of.word = found.word; drawHistory(); }
      byId("status").textContent = found.final ? "Everything is known: this is what backtest --json prints." : `${drawn(at + 1, found.stats)} ${follow(at + 1)}`;
    }
    document.documentElement.dataset.final = String(asked);
  }

  function remember({ variant: value, chosen: names }, found) {
    const one = { variant: value, chosen: names, word: found.word, on: found.stats.headline && found.stats.headline.yardstick, alpha: found.stats.headline && found.stats.headline.alpha_annual };
    one.what = place < 0 ? "as the file has it" : differ(past[place], one) || "the same";
    past = [...past.slice(0, place + 1), one];
    place = past.length - 1;
    drawHistory();
  }

  /* Whether the form says what has no answer: then undo gives back what had one. */
  const loose = () => place >= 0 && JSON.stringify([variant, chosen]) !== JSON.stringify([past[place].variant, past[place].chosen]);

  async function back(to) {
    if (!await opened(past[to].chosen.market)) return;
    place = to;
    take(past[to].chosen, past[to].variant);
    drawHistory();
    evaluate(false);
  }

  function drawHistory() {
    byId("undo").disabled = place <= 0 && !loose();
    byId("redo").disabled = place >= past.length - 1;
    byId("history").replaceChildren(...past.map((one, at) => el("li", { "aria-current": at === place ? "true" : null }, el("button", { type: "button", class: "link", onclick: () => back(at) }, one.what), ` ${one.word}${one.on ? `, ${views.signed(one.alpha)} on ${one.on}` : ""}`)));
  }

  /* What was chosen and moved between two variants; names and beliefs change nothing. */
  function differ(before, after) {
    const lists = Object.keys(chosen).filter((key) => before.chosen[key] !== after.chosen[key]).map((key) => `${key}: ${before.chosen[key]} → ${after.chosen[key]}`);
    const keys = differences(before.variant, after.variant).filter((one) => !/^(name|description|screen): /.test(one));
    return [...lists, ...keys.slice(0, MOST), ...(keys.length > MOST ? [`and ${keys.length - MOST} more`] : [])].join("; ");
  }

  /* Keys whose values differ, each as path: before → after. */
  function differences(before, after, path = "") {
    if (before && after && typeof before === "object" && typeof after === "object" && !Array.isArray(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => differences(before[key], after[key], path ? `${path}.${key}` : key));
    const told = (value) => value === undefined ? "absent" : value === null ? "none" : Array.isArray(value) ? value.join(", ") : typeof value === "object" ? "set" : String(value);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [`${path.replace(/^(screen|strategy)\./, "")}: ${told(before)} → ${told(after)}`];
  }

  function pin() {
    if (!shown) return;
    pins.push({ variant: structuredClone(shown.variant), chosen: shown.chosen, found: shown.found });
    drawPins();
  }

  function drawPins() {
    if (!pins.length) return byId("pins").replaceChildren(el("p", { class: "absent" }, "Nothing is pinned."));
    const rows = pins.map((one, at) => ({ ...one.found, at, what: at ? differ(pins[0], one) || "the same" : "the first" }));
    const names = [...new Set(rows.flatMap((row) => Object.keys(row.stats.benchmarks)))];
    byId("pins").replaceChildren(views.table("Pinned variants, each beside the first", [
      ["pin", (row) => el("button", { type: "button", class: "link", onclick: () => again(pins[row.at]) }, `Pin ${row.at + 1}`), "text"],
      ["what differs", "what", "text wrap"], ["verdict", "word", "text"],
      ...names.map((name) => [`alpha on ${name} (95 %)`, (row) => row.stats.benchmarks[name] ? `${views.signed(row.stats.benchmarks[name].alpha_annual)} (${views.between(row.stats.benchmarks[name].alpha_ci)})` : "–"]),
      ["return a year", (row) => views.signed(row.stats.annual_return)], ["turnover", (row) => views.percent(row.stats.turnover_annual, 0)], ["costs", (row) => views.percent(row.stats.cost_drag_annual, 2)], ["members", "held"],
      ["", (row) => el("button", { type: "button", class: "small", onclick: () => { pins.splice(row.at, 1); drawPins(); } }, "unpin")],
    ], rows), el("div", { id: "pins-growth", class: "plot", role: "img", "aria-label": "Growth of 1 invested in each pinned variant" }));
    views.overlay("pins-growth", rows.map((row) => [`Pin ${row.at + 1}`, row.growth]), rows.some((row) => row.market.stamp));
  }

  async function again(one) {
    if (!await opened(one.chosen.market)) return;
    take(one.chosen, one.variant);
    evaluate(true);
  }

  async function card(row) {
    const found = await call("name", { number: shown.number, asset: row.asset });
    if (found.status === 200) LabLooks.card(found);
    else said("", found.error || found.dropped);
  }

  async function look(name) {
    const found = await call("factor", { number: shown.number, factor: name });
    if (found.status !== 200) return said("", found.error || found.dropped);
    LabLooks.factor(found);
    views.price({ price: { ...shown.found.price, ...found.price } });
  }

  function drawForm() {
    LabForm.draw(byId("form"), start, variant, ends, (again) => {
      if (again) drawForm();
      evaluate(true);
    });
  }

  async function keep(event) {
    event.preventDefault();
    const name = byId("name").value, description = byId("belief").value || name;
    const found = await call("save", { variant, name, description, market: chosen.market });
    byId("kept").replaceChildren(...found.status === 200 ? [`Saved: ${found.files.join(" and ")}. Run it: `, el("code", {}, found.command)] : [`Not saved. ${found.error}`]);
    if (found.status !== 200) return;
    /* From here on the variant is that of the files, by name too; a name makes no other trial. */
    start.strategies[name] = found.saved;
    start.screens[name] = found.saved.screen;
    drawLists();
    take({ ...chosen, strategy: name, screen: name }, found.saved);
    if (place >= 0) Object.assign(past[place], { variant: structuredClone(variant), chosen });
    evaluate(false);
  }

  async function full() {
    byId("kept").textContent = "Running in full …";
    const found = await call("run", { variant, market: chosen.market });
    if (found.status !== 200) { byId("kept").textContent = found.error; return; }
    byId("kept").replaceChildren(`${found.verdict}: `, el("a", { href: `/report/${encodeURIComponent(found.run)}?token=${encodeURIComponent(token)}`, target: "_blank", rel: "noopener" }, `the page of ${found.run}`), ". Again: ", el("code", {}, found.command));
  }

  /* Whether a market is open, once that is known; who chooses another meanwhile is not waited for. */
  async function opened(name) {
    wanted = name;
    while (name !== chosen.market) {
      const found = await call("market", { market: name, variant });
      if (wanted !== name) return false;
      byId("opening").textContent = found.said ? `${found.said} …` : "";
      if (found.status !== 200) { wanted = chosen.market; drawLists(); said(byId("status").textContent, `${(found.error || found.dropped).replace(/\.?$/, ".")} The market stays ${chosen.market}.`); return false; }
      if (!found.said) break;
    }
    byId("opening").textContent = "";
    return true;
  }

  /* Names and variant as they are from now on; factors end elsewhere on another market. */
  function take(names, value) {
    if (names.market !== chosen.market) ends = {};
    chosen = { ...names };
    variant = structuredClone(value);
    drawLists();
    drawForm();
  }

  const CHOOSE = {
    market: async (name) => { if (await opened(name)) take({ ...chosen, market: name }, variant); else return false; },
    strategy: (name) => take({ ...chosen, strategy: name, screen: nameOf(start.strategies[name].screen) }, start.strategies[name]),
    screen: (name) => take({ ...chosen, screen: name }, { strategy: { ...variant.strategy, screen: start.screens[name].name }, screen: start.screens[name] }),
  };

  const nameOf = (screen) => Object.keys(start.screens).find((name) => start.screens[name].name === screen.name);

  function drawLists() {
    const names = { market: start.markets, strategy: Object.keys(start.strategies), screen: Object.keys(start.screens) };
    for (const [list, all] of Object.entries(names)) byId(list).replaceChildren(...all.map((name) => el("option", { value: name, selected: name === (list === "market" ? wanted : chosen[list]) }, name)));
  }

  for (const [list, choose] of Object.entries(CHOOSE)) byId(list).addEventListener("change", async (event) => { if (await choose(event.target.value) !== false) evaluate(true); });
  byId("undo").addEventListener("click", () => back(loose() ? place : place - 1));
  byId("redo").addEventListener("click", () => back(place + 1));
  byId("pin").addEventListener("click", pin);
  byId("save").addEventListener("submit", keep);
  byId("full").addEventListener("click", full);
  byId("form").addEventListener("submit", (event) => event.preventDefault());
  LabLooks.choice(start, look);
  CHOOSE.strategy(start.first);
  evaluate(true);
})();
