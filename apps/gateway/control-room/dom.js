/** @typedef {Node | string} Child */

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Creates an HTML element.
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
 * Creates an SVG element.
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

/** @typedef {'good' | 'degraded' | 'failed' | 'inactive'} Severity */

/** Shapes that distinguish severities without color: disc, triangle, octagon, ring. */
const shapes = {
  good: ['M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M6 10.500l3 3 5.500-7'],
  degraded: ['M10 1.500L19.500 18H.5z', 'M10 7.500v4.500M10 15v.1'],
  failed: ['M6.300 1h7.400L19 6.300v7.400L13.700 19H6.300L1 13.700V6.300z', 'M7 7l6 6M13 7l-6 6'],
  inactive: ['M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M6 10h8'],
};

/**
 * @param {Severity} severity
 * @param {number} [size] in pixels
 */
export function createStatusIcon(severity, size = 18) {
  const [outline = '', symbol = ''] = shapes[severity];
  return svg(
    'svg',
    { viewBox: '0 0 20 20', width: size, height: size, class: `is-${severity}`, 'aria-hidden': 'true' },
    svg('path', { d: outline, class: 'icon-shape' }),
    svg('path', { d: symbol, class: 'icon-symbol' }),
  );
}

/** @param {number | null} value per second */
export const formatRate = (value) =>
  value === null ? '–' : `${value < 9.95 ? value.toFixed(1) : Math.round(value)}/s`;

/** @param {number} value in milliseconds */
export const formatMs = (value) => (value < 9.95 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);

/** Rounds up to whole seconds, for countdowns. @param {number} value in milliseconds */
export const formatSeconds = (value) => `${Math.ceil(value / 1000)} s`;

/** @param {string} time in ISO 8601 */
export const formatTime = (time) => new Date(time).toLocaleTimeString('en-GB');
