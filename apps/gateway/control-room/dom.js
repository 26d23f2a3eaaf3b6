/** @typedef {Node | string} Child */

/**
 * The element of the page with this id.
 * @param {string} id
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {...Child} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...Child} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** @typedef {'good' | 'degraded' | 'failed' | 'away'} Mood */

/** What each mood looks like besides its colour: a disc, a triangle, an octagon, a ring. */
const marks = {
  good: ['M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M6 10.500l3 3 5.500-7'],
  degraded: ['M10 1.500L19.500 18H.5z', 'M10 7.500v4.500M10 15v.1'],
  failed: ['M6.300 1h7.400L19 6.300v7.400L13.700 19H6.300L1 13.700V6.300z', 'M7 7l6 6M13 7l-6 6'],
  away: ['M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M6 10h8'],
};

/**
 * @param {Mood} mood
 * @param {number} [size] in pixels
 */
export function mark(mood, size = 18) {
  const [shape = '', sign = ''] = marks[mood];
  return svg(
    'svg',
    { viewBox: '0 0 20 20', width: size, height: size, class: `is-${mood}`, 'aria-hidden': 'true' },
    svg('path', { d: shape, class: 'mark' }),
    svg('path', { d: sign, class: 'mark-sign' }),
  );
}

/** @param {number | null} value per second */
export const rate = (value) =>
  value === null ? '–' : `${value < 9.95 ? value.toFixed(1) : Math.round(value)}/s`;

/** @param {number} value in milliseconds */
export const ms = (value) => (value < 9.95 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);

/** @param {number} value in milliseconds; whole seconds, as a countdown shows them */
export const seconds = (value) => `${Math.ceil(value / 1000)} s`;

/** @param {string} time as ISO 8601 has it */
export const clock = (time) => new Date(time).toLocaleTimeString('en-GB');
