"use strict";
// Every cell tells what its column is: the head says it once, for a page of thousands of cells is mailed.
document.addEventListener("mouseover", (event) => {
  const cell = event.target.closest?.("td");
  const table = cell?.closest("table");
  if (!table?.tHead || cell.title || cell.closest("tr[title]")) return;
  const told = table.tHead.rows[0].cells[cell.cellIndex]?.title;
  if (told) cell.title = told;
});
