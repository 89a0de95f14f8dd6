// Folds are held open on wide screens by the style sheet. A browser that cannot
// do that gets them opened here; on a phone Escape closes the menu.
import { each } from "./dom.js";

const wide = matchMedia("(min-width: 64rem)");
if (!CSS.supports("selector(::details-content)")) {
  const follow = () => each(".fold, .nav details", (fold) => { fold.open = wide.matches; });
  wide.addEventListener("change", follow);
  follow();
}

// A choice opens what it asks for and closes what the others ask for.
each("details[data-when]", (asked) => {
  asked.closest("form")?.addEventListener("change", ({ target }) => {
    if (target.type === "radio" && target.name === "choice") asked.open = target.value === asked.dataset.when;
  });
});

const menu = document.querySelector(".nav details");
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open || wide.matches) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
