// Elements made without strings of markup: the policy of the site refuses them.

/** Makes an element with attributes and children; a string child is text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Runs fn for every element that matches now. */
export function each(selector, fn) {
  for (const element of document.querySelectorAll(selector)) fn(element);
}

/** Returns fn delayed until it has not been called for wait milliseconds. */
export function settled(wait, fn) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(fn, wait);
  };
}
