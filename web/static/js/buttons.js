// Buttons that only make sense with a script: print, copy, show the password.
import { each, make } from "./dom.js";

each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

// The clipboard exists on https and loopback only.
if (navigator.clipboard) {
  each("[data-copy]", (button) => {
    const said = make("span", { class: "meta", role: "status" });
    button.after(" ", said);
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        said.textContent = "已复制";
      } catch {
        said.textContent = "没有复制上，请选中后手动复制";
      }
    });
  });
}

each("[data-password]", (box) => {
  const input = box.querySelector("input");
  const name = input.labels?.[0]?.textContent.trim() ?? "密码";
  const button = make("button", { type: "button", class: "as-link", "aria-controls": input.id });
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? "隐藏" : "显示";
    button.setAttribute("aria-label", (visible ? "隐藏" : "显示") + name);
  };
  button.addEventListener("click", () => show(input.type === "password"));
  // Never send it as text: the browser would offer it again as a suggestion.
  input.form?.addEventListener("submit", () => show(false));
  show(false);
  box.append(button);
});
