import { svg } from './dom.js';

/** @typedef {import('./dom.js').Severity} Severity */
/** @typedef {import('./layout-shapes.js').Box} Box */
/** @typedef {import('./layout.js').Line} Line */

/** Longest name of a store that fits. */
export const MAX_STORE_NAME = 12;
/** Room for the borders of boxes at the edges of the picture. */
const BORDER = 4;
/** Widths of a letter of a name, in pixels: mean, and narrowed as far as it stays readable. */
const LETTER = 9.5;
const NARROW_LETTER = 7;

/** Creates the picture without services. @param {{ width: number, height: number, entryPath: string }} layout */
export function createPicture({ width, height, entryPath }) {
  const [outerWidth, outerHeight] = [width + 2 * BORDER, height + 2 * BORDER];
  const root = svg('svg', {
    viewBox: `${-BORDER} ${-BORDER} ${outerWidth} ${outerHeight}`,
    width: outerWidth,
    height: outerHeight,
    class: 'topology',
    role: 'group',
    'aria-label': 'Services and their connections',
  });
  const arrow = svg('path', { d: 'M0 0L8 4L0 8z', fill: 'context-stroke' });
  const marker = { id: 'arrow', viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 5, markerHeight: 5 };
  root.append(svg('defs', {}, svg('marker', { ...marker, orient: 'auto' }, arrow)));
  root.append(svg('g', { class: 'edge' }, createLine(entryPath)));
  return root;
}

/** @param {string} name @param {Box} box */
export function createService(name, { x, y, w, h }) {
  const { text, ...fit } = fitText(name, w - 48);
  return svg(
    'g',
    { class: 'node', transform: `translate(${x} ${y})`, role: 'img' },
    svg('title', {}, name),
    svg('rect', { width: w, height: h, rx: 10 }),
    svg('g', { class: 'status', transform: 'translate(12 12)' }),
    svg('text', { class: 'name', x: 38, y: 27, ...fit }, text),
    svg('text', { class: 'word', x: 14, y: 52 }),
    svg('text', { class: 'sub use', x: 14, y: 72 }),
    svg('text', { class: 'sub work', x: 14, y: 90 }),
  );
}

/** Creates the connection to a service, with a chip. @param {Line} line */
export const createCall = ({ path, chip: { x, y, w, h } }) =>
  svg(
    'g',
    { class: 'edge', role: 'button', tabindex: 0 },
    createLine(path),
    svg('path', { class: 'flow', d: path }),
    svg('rect', { class: 'chip', x, y, width: w, height: h, rx: 8 }),
    svg('text', { class: 'figure', x: x + 9, y: y + 18 }),
    svg('g', { class: 'switch', transform: `translate(${x + 13} ${y + 32})` }),
    svg('text', { class: 'word', x: x + 45, y: y + 36 }),
  );

/** Creates the connection to a store, and the store. The breaker lies on the line. @param {Line} line */
export const createStore = ({ call, path, chip: { x, y, w, h } }) =>
  svg(
    'g',
    { class: 'edge store', role: 'button', tabindex: 0 },
    svg('title', {}, call.to),
    createLine(path),
    svg('g', { class: 'switch', transform: `translate(${x - 41} ${y + h / 2})` }),
    svg('rect', { class: 'chip', x, y, width: w, height: h, rx: h / 2 }),
    svg(
      'text',
      { class: 'name', x: x + w / 2, y: y + 21, 'text-anchor': 'middle' },
      `${shorten(call.to, MAX_STORE_NAME)} `,
    ),
    svg('text', { class: 'figure', x: x + w / 2, y: y + 37, 'text-anchor': 'middle' }),
  );

/** @param {string} path */
const createLine = (path) => svg('path', { class: 'line', d: path, 'marker-end': 'url(#arrow)' });

/** Creates the visitors: this page and its load. @param {Box} box */
export function createVisitors({ x, y, w, h }) {
  const middle = { x: w / 2, 'text-anchor': 'middle' };
  return svg(
    'g',
    { class: 'node is-inactive', transform: `translate(${x} ${y})` },
    svg('rect', { class: 'external', width: w, height: h, rx: h / 2 }),
    svg('text', { class: 'name', y: h / 2 - 3, ...middle }, 'this page'),
    svg('text', { class: 'sub', y: h / 2 + 16, ...middle }),
  );
}

/** @param {string} text @param {number} maxLength */
export const shorten = (text, maxLength) =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;

/** Narrows a long name to fit the width, and shortens a longer one. @param {string} name @param {number} width */
function fitText(name, width) {
  const text = shorten(name, Math.floor(width / NARROW_LETTER));
  return text.length > width / LETTER
    ? { text, textLength: width, lengthAdjust: 'spacingAndGlyphs' }
    : { text };
}

/** Creates a switch: it lies on the line while the breaker admits calls. @param {Severity} severity */
export function createSwitch(severity) {
  const angle = { good: 0, degraded: -14, failed: -36, inactive: 0 }[severity];
  return [
    svg('path', { class: 'gap', d: 'M2 0H20' }),
    svg('path', { d: 'M-4 0H2M20 0H26' }),
    svg('path', { d: 'M2 0H20', transform: `rotate(${angle} 2 0)` }),
    svg('circle', { cx: 2, cy: 0, r: 2.5 }),
    svg('circle', { cx: 20, cy: 0, r: 2.5 }),
  ];
}
