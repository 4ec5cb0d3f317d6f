// Builds DOM nodes. Text only ever enters the page through textContent, so nothing from a document or an answer can
// become markup; and no style attribute is written, since the page's content security policy refuses it.

export const BASE = new URL('..', import.meta.url).pathname;

/** `props` holds `class`, `text`, `on` (listeners by event name) and plain attributes; children are nodes or strings. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProperty(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

function setProperty(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'class') node.className = value;
  else if (name === 'text') node.textContent = value;
  else if (name === 'on') Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
  else node.setAttribute(name, value === true ? '' : value);
}

/** One of the drawings at the top of the page; they are in it so that they show while the server is away. */
export function symbol(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#symbol-${name}`);
  svg.append(use);
  return svg;
}

export function button(label, { icon = null, ...props } = {}) {
  return el('button', { type: 'button', ...props }, icon && symbol(icon), el('span', { text: label }));
}

/** Says something to a screen reader without showing it or moving focus. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}
