// Asks before leaving a form whose changes are not saved:
// <form data-leave>, and every form that saves itself.
import { each } from "./dom.js";
import { typed } from "./draft.js";

each("form[data-leave], form[data-autosave]", (form) => {
  const before = JSON.stringify(typed(form));
  // A form refused by the server shows what was typed and not saved.
  const refused = document.querySelector("[data-error-summary]") !== null && !form.dataset.autosave;
  const dirty = form.isDirty ?? (() => refused || JSON.stringify(typed(form)) !== before);
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("beforeunload", (event) => {
    if (!sending && form.dataset.clean !== "yes" && dirty()) event.preventDefault();
  });
  addEventListener("pageshow", () => { sending = false; });
});
