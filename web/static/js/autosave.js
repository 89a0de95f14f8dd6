// Saves a draft while it is written: <form data-autosave="/address/of/draft">.
//
// The address takes the fields of the form, without passwords and files, by POST,
// and answers JSON:
//   200 {"saved": "10月9日 10:42", "version": "5"}   saved; version goes into the form's version field
//   409 {"message": "…"}                             somebody else saved first: shown, nothing overwritten
//   401                                              session over: what was typed stays in this tab
//   anything else {"message": "…"}                   shown; tried again with the next change
// Without the script the form's own button saves.
import { make, settled } from "./dom.js";
import { forget, keep, restore, typed } from "./draft.js";

const PAUSE = 1500; // milliseconds without typing before a save

function line(form) {
  const found = document.querySelector("[data-saved]");
  if (found) {
    found.setAttribute("role", "status");
    return found;
  }
  const made = make("p", { class: "meta saved", role: "status" });
  form.append(made);
  return made;
}

function say(form, tone, ...content) {
  const box = form.querySelector(":scope > .note.autosave") ?? make("div", { class: "note autosave", role: "alert" });
  box.dataset.tone = tone;
  box.replaceChildren(make("p", {}, ...content));
  form.prepend(box);
}

function watch(form) {
  const status = line(form);
  let last = JSON.stringify(typed(form));
  let stopped = false; // after a conflict or an expired session only the person goes on
  let running = false;

  if (restore(form)) {
    const drop = make("button", { type: "button", class: "as-link" }, "放弃，用已保存的内容");
    drop.addEventListener("click", () => { forget(); form.dataset.clean = "yes"; location.reload(); });
    say(form, "warn", "已恢复您上次填写、还没有保存的内容。核对后保存。", drop);
  }

  const dirty = () => JSON.stringify(typed(form)) !== last;
  form.isDirty = dirty;

  const refused = async (response) => {
    const { message } = await response.json().catch(() => ({}));
    if (response.status === 401) {
      stopped = true;
      const back = "/login?next=" + encodeURIComponent(location.pathname + location.search);
      form.dataset.clean = "yes";
      say(form, "warn", "登录已过期。您填的内容还留在这个窗口里，", make("a", { href: back }, "重新登录"), "后会恢复。");
    } else if (response.status === 409) {
      stopped = true;
      say(form, "bad", message || "别人刚刚保存过这份内容，您的修改还没有保存。复制您填的内容，刷新后核对再填。");
    } else {
      say(form, "warn", message || "没有自动保存上。内容还在，请按保存按钮再试。");
    }
  };

  const accepted = async (response, sent) => {
    const answer = await response.json().catch(() => ({}));
    if (answer.version && form.elements.version) form.elements.version.value = answer.version;
    last = sent;
    if (!dirty()) forget();
    form.querySelector(":scope > .note.autosave")?.remove();
    const now = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
    status.textContent = `${answer.saved || now} 已保存。可以随时离开，回来接着填。`;
  };

  const save = async () => {
    if (stopped || running || !dirty()) return;
    running = true;
    const sent = JSON.stringify(typed(form));
    const body = new URLSearchParams();
    for (const [name, value] of typed(form)) body.append(name, value);
    for (const name of ["version", "token"]) if (form.elements[name]) body.append(name, form.elements[name].value);
    try {
      const response = await fetch(form.dataset.autosave || form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual",
      });
      if (response.ok) await accepted(response, sent);
      else await refused(response);
    } catch {
      say(form, "warn", "网络断开了，还没有保存。内容留在这个窗口里，连上以后会再试。");
    }
    running = false;
    if (dirty() && !stopped) soon();
  };
  const soon = settled(PAUSE, save);

  form.addEventListener("input", () => { keep(form); soon(); });
  addEventListener("online", save);
}

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);
