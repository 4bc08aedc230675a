"use strict";
/* Parts of a page that open by their titles: all at once, when somebody is sent to one, and on paper. */
(function () {
  const parts = [...document.querySelectorAll("details.part")];
  if (!parts.length) return;
  for (const button of document.querySelectorAll("button[data-parts]")) {
    button.hidden = false;
    button.addEventListener("click", () => { for (const part of parts) part.open = button.dataset.parts === "open"; });
  }
  function lead() {
    const there = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = there && (there.closest("details.part") || there.querySelector("details.part"));
    if (!part) return;
    part.open = true;
    there.scrollIntoView();
  }
  addEventListener("hashchange", lead);
  lead();
})();
