// What was typed and not yet saved, kept in this tab: an expired session or a
// lost connection must not cost anyone their words.
//
// A kept draft belongs to one address and one version of the record. When the
// page shows a newer version, the draft has been saved meanwhile and is dropped.

const key = () => "typed:" + location.pathname;
const version = (form) => form.elements.version?.value ?? "";
const kept = (name, element) =>
  name !== "token" && name !== "version" && element?.type !== "password" && !element?.closest?.("[data-private]");

/** The typed values of form as a list of pairs, without files and secrets. */
export function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => {
    const control = form.elements[name];
    const element = control instanceof RadioNodeList ? control[0] : control;
    return typeof value === "string" && kept(name, element);
  });
}

/** Keeps what form holds now. Storage may be full or forbidden: then we do without. */
export function keep(form) {
  try {
    sessionStorage.setItem(key(), JSON.stringify({ version: version(form), values: typed(form) }));
  } catch { /* nothing to keep it in */ }
}

/** Forgets the kept draft of this address. */
export function forget() {
  try { sessionStorage.removeItem(key()); } catch { /* nothing was kept */ }
}

/** Puts a kept draft back into form; tells whether something changed. */
export function restore(form) {
  let stored;
  try { stored = JSON.parse(sessionStorage.getItem(key())); } catch { return false; }
  if (!stored || stored.version !== version(form)) {
    forget();
    return false;
  }
  if (JSON.stringify(typed(form)) === JSON.stringify(stored.values)) return false;
  const left = new Map();
  for (const [name, value] of stored.values) left.set(name, [...(left.get(name) ?? []), value]);
  for (const element of form.elements) {
    if (!element.name || element.type === "file" || element.type === "hidden" || !kept(element.name, element)) continue;
    if (element.type === "radio" || element.type === "checkbox") {
      element.checked = (left.get(element.name) ?? []).includes(element.value);
    } else if (left.get(element.name)?.length) {
      element.value = left.get(element.name).shift();
    }
  }
  return true;
}

// Whoever signs out leaves nothing behind on a shared computer.
for (const form of document.querySelectorAll("form[action='/logout']")) {
  form.addEventListener("submit", () => { try { sessionStorage.clear(); } catch { /* nothing kept */ } });
}
