"use strict";
/* The form: every key that the YAML may have, drawn from its schema; text only ever as text. */
const LabForm = (function () {
  /* Where no bound of the schema says where a slider should move: from, to, step. */
  const SPANS = {
    top: [5, 300, 1], keep_until: [5, 450, 1], commission_bps: [0, 50, 0.5], spread: [0, 200, 1], coefficient: [0, 3, 0.05],
    min_price: [0, 20, 0.5], min_dollar_volume: [0, 5e6, 1e5], min_sessions_listed: [1, 756, 21], capital_usd: [1e5, 1e9, 1e5],
    weight: [0.05, 1, 0.05], max_age_days: [1, 1000, 1], max_participation: [0.005, 1, 0.005], max_weight: [0.005, 1, 0.005],
    management: [0, 0.03, 0.0005], performance: [0, 0.4, 0.01],
  };
  const HIDDEN = new Set(["name", "description", "screen"]);

  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  function resolved(schema, node) {
    if (node.$ref) return { ...resolved(schema, schema.$defs[node.$ref.split("/").pop()]), default: node.default };
    if (node.allOf) {
      const parts = node.allOf.map((part) => resolved(schema, part));
      const keys = [...new Set(parts.flatMap((part) => Object.keys(part.properties || {})))];
      const properties = Object.fromEntries(keys.map((key) => [key, Object.assign({}, ...parts.map((part) => (part.properties || {})[key]))]));
      return Object.assign({}, ...parts, keys.length ? { properties } : {}, { description: node.description || parts[0].description });
    }
    return node;
  }

  /* What one value may be: its alternatives without none, and whether none is one of them. */
  function kinds(schema, node) {
    const whole = resolved(schema, node);
    const given = whole.anyOf && whole.anyOf.some((part) => part.type || part.$ref || part.const || part.enum) ? whole.anyOf : [whole];
    const parts = given.map((part) => resolved(schema, part));
    return { parts: parts.filter((part) => part.type !== "null"), none: parts.some((part) => part.type === "null"), default: whole.default };
  }

  function blank(schema, node) {
    const { parts, none, default: usual } = kinds(schema, node);
    if (usual !== undefined && usual !== null) return structuredClone(usual);
    if (none && usual === null) return null;
    const part = parts[0];
    if (part.enum) return part.enum[0];
    if (part.type === "object") return Object.fromEntries(Object.entries(part.properties || {}).filter(([key, child]) => child.default !== undefined || (part.required || []).includes(key)).map(([key, child]) => [key, blank(schema, child)]));
    if (part.type === "array") return part.minItems === 2 ? [1001, 3000] : [];
    if (part.type === "boolean") return false;
    if (part.type === "string") return "";
    return part.minimum ?? 0;
  }

  function draw(form, start, variant, ends, changed) {
    const held = document.activeElement && form.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") || document.activeElement.id : null;
    form.replaceChildren(
      group("Screen", start.schemas.screen, start.schemas.screen, variant.screen, ["screen"]),
      group("Strategy", start.schemas.strategy, start.schemas.strategy, variant.strategy, ["strategy"]),
    );
    /* Drawn anew under the fingers of somebody at the keyboard, the form gives the focus back. */
    if (held) [...form.querySelectorAll("input, select, button")].find((one) => (one.getAttribute("aria-label") || one.id) === held)?.focus();

    function group(title, schema, node, value, path) {
      const rows = Object.entries(node.properties).filter(([key]) => path.length > 1 || !HIDDEN.has(key));
      return el("fieldset", {}, el("legend", {}, title), ...rows.map(([key, child]) => field(schema, child, value, key, [...path, key])));
    }

    function set(holder, key, value, again) {
      if (value === undefined) delete holder[key];
      else holder[key] = value;
      changed(again);
    }

    function field(schema, node, holder, key, path) {
      const { parts, none } = kinds(schema, node);
      const value = holder[key];
      const whole = parts[0];
      /* A list of mappings (exclusions) is written in the file; the lab takes it along as it is. */
      if (whole.type === "array" && whole.items && resolved(schema, whole.items).type === "object") return el("div", { class: "field", hidden: !value }, el("span", {}, key), el("span", { class: "wide" }, value ? `${value.length} in the file` : ""));
      if (parts.length === 1 && whole.type === "object" && typeof whole.additionalProperties === "object") return map(schema, whole, holder, key, path);
      if (value === null || value === undefined) return absent(schema, node, holder, key, path, parts);
      const off = none ? el("button", { type: "button", class: "small", "aria-label": `Take out ${path.slice(1).join(".")}`, onclick: () => set(holder, key, null, true) }, "off") : null;
      if (typeof value === "object" && !Array.isArray(value)) {
        const inside = parts.find((part) => part.properties) || whole;
        const drawn = group(key, schema, inside, value, path);
        if (off) drawn.firstChild.append(" ", off);
        return drawn;
      }
      return plain(holder, key, path, parts, off);
    }

    function absent(schema, node, holder, key, path, parts) {
      const first = () => {
        const end = endOf(path);
        const shape = blank(schema, { ...parts[0], ...(parts[0].type === "object" ? {} : { default: undefined }) });
        return parts[0].type === "number" && end ? end[key.endsWith("max") ? 1 : 0] : key.startsWith("quantile") ? (key.endsWith("max") ? 1 : 0) : SPANS[key] && key !== "keep_until" ? SPANS[key][0] : key === "keep_until" ? holder.top : shape;
      };
      return el("div", { class: "field" }, el("span", {}, key), el("button", { type: "button", class: "small wide", "aria-label": `Set ${path.slice(1).join(".")}`, onclick: () => set(holder, key, first(), true) }, "set"));
    }

    function endOf(path) {
      return ["require", "require_any"].includes(path[1]) && ["min", "max"].includes(path[3]) ? ends[path[2]] : null;
    }

    function plain(holder, key, path, parts, off) {
      const value = holder[key];
      const name = path.slice(1).join(".");
      const label = el("label", { for: name }, key);
      const words = parts.flatMap((part) => part.enum || (part.const !== undefined ? [part.const] : []));
      const numeric = parts.find((part) => part.type === "number" || part.type === "integer");
      if (typeof value === "boolean") return el("div", { class: "field" }, label, el("input", { id: name, type: "checkbox", checked: value, onchange: (event) => set(holder, key, event.target.checked) }));
      if (Array.isArray(value)) return list(holder, key, name, label, parts.find((part) => part.type === "array"), off);
      if (words.length && typeof value === "string") {
        const options = [...words, ...(numeric ? ["a number"] : [])].map((word) => el("option", { value: word, selected: word === value }, word));
        return el("div", { class: "field" }, label, el("select", { id: name, class: "wide", onchange: (event) => set(holder, key, event.target.value === "a number" ? (SPANS[key] ? SPANS[key][1] / 4 : numeric.minimum ?? 0) : event.target.value, true) }, ...options));
      }
      if (numeric && typeof value === "number") return number(holder, key, path, label, numeric, words[0] ? back(holder, key, words[0], name) : off);
      return el("div", { class: "field" }, label, el("input", { id: name, class: "wide", type: "text", value: String(value), onchange: (event) => set(holder, key, event.target.value) }));
    }

    function back(holder, key, word, name) {
      return el("button", { type: "button", class: "small", "aria-label": `${word} ${name}`, onclick: () => set(holder, key, word, true) }, word);
    }

    function number(holder, key, path, label, numeric, off) {
      const name = path.slice(1).join(".");
      const value = holder[key];
      const span = endOf(path) || SPANS[path[1] === "rank" ? "weight" : key] || [numeric.minimum ?? numeric.exclusiveMinimum ?? 0, numeric.maximum ?? 1];
      const low = Math.min(span[0], value), high = Math.max(span[1], value);
      const step = numeric.type === "integer" ? 1 : span[2] || Number(((high - low) / 100 || 0.01).toPrecision(1));
      const slider = el("input", { type: "range", "aria-label": name, min: low, max: high, step: numeric.type === "integer" ? 1 : "any" });
      const box = el("input", { id: name, type: "number", step: "any" });
      slider.value = value;
      box.value = value;
      const rounded = (told) => numeric.type === "integer" ? Math.round(told) : Number((Math.round(told / step) * step).toPrecision(8));
      slider.addEventListener("input", () => { box.value = rounded(Number(slider.value)); });
      slider.addEventListener("change", () => set(holder, key, rounded(Number(slider.value))));
      box.addEventListener("change", () => { if (box.value !== "") { slider.value = box.value; set(holder, key, numeric.type === "integer" ? Math.round(Number(box.value)) : Number(box.value)); } });
      if (off) label.append(" ", off);
      return el("div", { class: "field" }, label, slider, box);
    }

    function list(holder, key, name, label, part, off) {
      const items = part.items || {};
      const read = (text) => text.split(/[,\s]+/).filter(Boolean).map((word) => items.type === "integer" || items.type === "number" ? Number(word) : word);
      if (off) label.append(" ", off);
      return el("div", { class: "field" }, label, el("input", { id: name, class: "wide", type: "text", value: holder[key].join(", "), onchange: (event) => set(holder, key, read(event.target.value)) }));
    }

    /* A mapping from factors to rules or weights: each in a row of its own, and a choice of those that are not there. */
    function map(schema, whole, holder, key, path) {
      const value = holder[key] || (holder[key] = {});
      const known = Object.keys(whole.properties || {});
      const rows = Object.keys(value).flatMap((name) => {
        const take = el("button", { type: "button", class: "small", "aria-label": `Take out ${key}.${name}`, onclick: () => { delete value[name]; if (key === "rank" && !Object.keys(value).length) holder.select = null; changed(true); } }, "×");
        const child = whole.properties?.[name] || whole.additionalProperties;
        const drawn = field(schema, child, value, name, [...path, name]);
        drawn.firstChild.append(" ", take);
        return [drawn];
      });
      if (!known.length) return el("fieldset", { hidden: !rows.length }, el("legend", {}, key), ...rows);
      const choice = el("select", { "aria-label": `Add to ${key}`, class: "wide", onchange: (event) => {
        const name = event.target.value;
        if (!name) return;
        value[name] = key === "rank" ? 1 : { quantile_min: 0, missing: "fail" };
        changed(true);
      } }, el("option", { value: "" }, "add a factor"), ...known.filter((name) => !(name in value)).map((name) => el("option", { value: name, title: whole.properties[name].description }, name)));
      return el("fieldset", {}, el("legend", {}, key), ...rows, el("div", { class: "field" }, el("span", {}), choice));
    }
  }

  return { draw, el };
})();
