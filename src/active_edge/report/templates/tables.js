"use strict";
(function () {
  function told(cell) {
    const copy = cell.cloneNode(true);
    for (const aside of copy.querySelectorAll(".detail, .stamped, .mark, svg")) aside.remove();
    return copy.textContent.replace(/[\u202f\u00a0]/g, " ").trim();
  }

  function key(text) {
    const plain = text.replace(/\u2212/g, "-").replace(/[$,]/g, "");
    const found = /^[+-]?\d[\d.]*(?!\d*-)/.exec(plain);
    return found && !/^\d{4}-\d\d/.test(plain) ? parseFloat(found[0]) : text === "\u2013" ? null : text;
  }

  function order(first, second) {
    if (first === null || second === null) return first === second ? 0 : first === null ? 1 : -1;
    if (typeof first === typeof second) return typeof first === "number" ? first - second : first.localeCompare(second);
    return typeof first === "number" ? -1 : 1;
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
    heads.forEach((head, place) => {
      if (!head.textContent.trim() || head.querySelector(".unseen")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row) => [key(told(row.cells[place])), row]);
        rows.sort((a, b) => (a[0] === null || b[0] === null ? order(a[0], b[0]) : down ? order(b[0], a[0]) : order(a[0], b[0])));
        body.append(...rows.map((row) => row[1]));
      });
    });
  }

  function filterable(table, filters) {
    const rows = [...table.tBodies[0].rows], heads = [...table.tHead.rows[0].cells];
    const box = filters.querySelector("input"), said = filters.querySelector(".said");
    const names = heads.map((head) => head.textContent.toLowerCase().replace(/\s/g, ""));
    const leads = (row) => [...row.querySelectorAll("a")].map((link) => link.getAttribute("href")).join(" ");
    const texts = new Map(rows.map((row) => [row, (row.textContent + " " + leads(row)).toLowerCase()]));
    const asks = { "<": (rank) => rank < 0, "<=": (rank) => rank <= 0, ">": (rank) => rank > 0, ">=": (rank) => rank >= 0 };
    const holds = (row, word) => {
      const [, name, sign, value] = /^([a-z]+)([<>]=?)(.+)$/.exec(word) ?? [];
      const place = name ? names.findIndex((head) => head.startsWith(name)) : -1;
      if (place < 0) return texts.get(row).includes(word);
      const cell = key(told(row.cells[place]).toLowerCase());
      const bound = typeof cell === "number" ? key(value) : value;
      return typeof cell === typeof bound && asks[sign](order(cell, bound));
    };
    const choices = [...filters.querySelectorAll("select")];
    for (const choice of choices) {
      const place = heads.findIndex((head) => head.textContent.trim() === choice.dataset.column);
      choice.dataset.place = place;
      for (const value of [...new Set(rows.map((row) => told(row.cells[place])))].sort()) choice.append(new Option(value, value));
    }
    const show = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const fits = words.every((word) => holds(row, word)) &&
          choices.every((choice) => !choice.value || told(row.cells[choice.dataset.place]) === choice.value);
        row.hidden = !fits;
        shown += fits;
      }
      said.textContent = shown + " of " + rows.length;
    };
    filters.addEventListener("input", show);
    show();
    filters.hidden = false;
  }

  for (const table of document.querySelectorAll("table.found")) {
    const filters = table.closest(".scroll").previousElementSibling;
    filterable(table, filters);
    sortable(table);
  }
})();
