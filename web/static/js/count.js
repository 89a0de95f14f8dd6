// Counts the characters of a text area as the server does: by code point, so
// that a rare character is one and not two.
import { each } from "./dom.js";

each("textarea[data-max]", (area) => {
  const max = Number(area.dataset.max);
  const line = document.getElementById(area.dataset.count);
  const format = new Intl.NumberFormat("zh-CN");
  const show = () => {
    const n = [...area.value].length;
    line.textContent = n > max
      ? `已填 ${format.format(n)} 字，多了 ${format.format(n - max)} 字`
      : `已填 ${format.format(n)} 字，最多 ${format.format(max)} 字`;
    line.classList.toggle("over", n > max);
  };
  area.addEventListener("input", show);
  show();
});
