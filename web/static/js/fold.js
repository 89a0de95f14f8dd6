// Folds are held open on wide screens by the style sheet. A browser that cannot
// do that gets them opened here.
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

// Escape closes a menu and gives the focus back to its name; the menus of staff
// pages, which lie over the page, close when the visitor goes elsewhere too.
function closes(menu, always) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open || (wide.matches && !always)) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
each(".nav details", (menu) => closes(menu, false));
each(".worknav details", (menu) => {
  closes(menu, true);
  document.addEventListener("click", ({ target }) => { if (!menu.contains(target)) menu.open = false; });
  menu.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false; });
});
