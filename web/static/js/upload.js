// Sends chosen files at once and shows how far they are, without leaving the page:
// what is typed in the form beside it stays. The answer is an ordinary page; its
// list of documents takes the place of ours. <form data-upload data-limit="bytes">
import { make } from "./dom.js";

const CHECK_EVERY = 4000; // milliseconds between looks while a file is being checked
const CHECK_TIMES = 30;

function load(method, url, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document"; // parsed by the browser, not from a string of ours
    request.upload.onprogress = progress;
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = () => reject(new Error("network"));
    request.send(body);
  });
}

/** Puts the documents of page in place of ours; tells whether it had any. */
function adopt(page) {
  const fresh = [...(page?.querySelectorAll("ul.uploads") ?? [])];
  const ours = [...document.querySelectorAll("ul.uploads")];
  if (fresh.length === 0 || fresh.length !== ours.length) return false;
  ours.forEach((list, i) => list.replaceWith(document.importNode(fresh[i], true)));
  prepare();
  return true;
}

/** The message of a page that refuses: the first of its summary or of its text. */
function reason(page) {
  return page?.querySelector("[data-error-summary] li, main .failure p")?.textContent.trim();
}

function complain(form, text) {
  // The control is gone when its slot was filled up on the way.
  const row = (form.isConnected ? form.closest("li") : document.querySelector("ul.uploads > li")) ?? form;
  row.querySelector(".say.sent")?.remove();
  row.append(make("span", { class: "say sent", role: "alert" }, text));
}

const megabytes = (bytes) => (bytes / 1048576).toFixed(1) + " MB";

/** Sends one file of form to its address, or what stands in its place by now. */
async function sendOne(form, file, words) {
  const body = new FormData(form); // before the control is disabled
  body.set("file", file);
  const bar = make("progress", { max: "100", value: "0", "aria-label": "上传进度" });
  const status = make("span", { class: "meta", role: "status" }, words);
  const input = form.querySelector("input[type=file]");
  input.disabled = true;
  form.append(bar, status);
  try {
    return await load("POST", form.action, body, (event) => {
      if (!event.lengthComputable) return;
      bar.value = (100 * event.loaded) / event.total;
      if (event.loaded === event.total) status.textContent = "已传完，正在核对";
    });
  } finally {
    input.disabled = false;
    bar.remove();
    status.remove();
  }
}

/** Sends the chosen files one after the other: a line that breaks costs one of them. */
async function send(form) {
  const input = form.querySelector("input[type=file]");
  const files = [...input.files];
  const limit = Number(form.dataset.limit);
  const many = files.length > 1;
  const failed = [];
  for (const [i, file] of files.entries()) {
    if (limit && file.size > limit) {
      failed.push(`${file.name} 有 ${megabytes(file.size)}，超过 ${megabytes(limit)}。分成两份，或降低扫描清晰度后再传`);
      continue;
    }
    try {
      const answer = await sendOne(form, file, many ? `正在上传第 ${i + 1} 份，共 ${files.length} 份` : "正在上传");
      if (answer.status === 401) {
        failed.push("登录已过期，文件没有收下。重新登录后再传");
        break;
      }
      const said = answer.status >= 400 && reason(answer.response);
      const shown = adopt(answer.response);
      form = document.getElementById(input.id)?.form ?? form; // the list was replaced
      if (!shown) failed.push(said || "文件没有收下。稍后再传一次");
      else if (said && many) failed.push(`${file.name}：${said}`); // the next answer takes the place of this one
    } catch {
      failed.push(many ? `网络断开了，从 ${file.name} 起没有传完。连上以后再选这些文件` : "网络断开了，文件没有传完。连上以后再选一次文件");
      break;
    }
  }
  if (failed.length > 0) complain(form, failed.join("；"));
  if (document.querySelector(".uploads li[data-state=checking]")) watch();
}

/** With the script, choosing is sending: the button is not needed. */
function prepare() {
  for (const form of document.querySelectorAll("form[data-upload]")) form.classList.add("direct");
}

// One listener for all: rows are replaced when an answer comes.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  if (form && event.target.type === "file") send(form);
});

let looking = 0;

/** Looks again while a file is being checked, a limited number of times. */
function watch() {
  clearInterval(looking);
  let looks = 0;
  looking = setInterval(async () => {
    if (!document.querySelector(".uploads li[data-state=checking]") || ++looks > CHECK_TIMES) {
      clearInterval(looking);
      return;
    }
    if (document.querySelector("form[data-upload] progress")) return; // a file is on its way
    try {
      const answer = await load("GET", location.href, null, null);
      if (answer.status === 200) adopt(answer.response);
    } catch { /* the next look may succeed */ }
  }, CHECK_EVERY);
}

prepare();
watch();
