// The error summary takes the focus, and its links lead into the field even
// when it is folded away.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    for (let up = field.parentElement; up; up = up.parentElement) {
      if (up instanceof HTMLDetailsElement) up.open = true;
    }
    // Label and message first: scrolling to the control alone would hide them.
    (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
    if (!field.matches("input, select, textarea, button, a[href], [tabindex]")) field.tabIndex = -1;
    field.focus({ preventScroll: true });
  });
}
