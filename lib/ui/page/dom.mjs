// How the page is drawn: elements from values, never from text that is parsed as markup.

export const byId = id => document.getElementById(id);

/** An element with properties and children; text is text, whatever stands in it. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key === 'class') element.className = value;
    else if (key === 'width') element.style.width = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(
    ...children.flat().filter(child => child !== undefined && child !== null && child !== false),
  );
  return element;
}

/** A state as sign and word; its colour only repeats them. */
const SIGNS = { good: '✓', warn: '!', bad: '✗', move: '▸', idle: '○', unknown: '?' };
export function badge(kind, text) {
  return h('span', { class: `chip ${kind}` }, h('span', { 'aria-hidden': 'true' }, SIGNS[kind]), text);
}

/** Draws a part anew when what it shows has changed, so that focus and selection survive while nothing has. */
export function paint(id, model, draw) {
  const element = byId(id);
  const key = JSON.stringify(model);
  if (element.paintedKey === key) return;
  element.paintedKey = key;
  element.replaceChildren(...[draw(model)].flat());
}

export const seconds = value =>
  value === null || value === undefined ? 'not measured' : `${value.toFixed(1)} s`;

/** A lag is worth a closer look than a time. */
export const lag = value => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`);

export function age(value) {
  if (value < 60) return `${Math.floor(value)} s ago`;
  return value < 3600 ? `${Math.floor(value / 60)} min ago` : `${Math.floor(value / 3600)} h ago`;
}

export const clockTime = iso => new Date(iso).toLocaleTimeString([], { hour12: false });
