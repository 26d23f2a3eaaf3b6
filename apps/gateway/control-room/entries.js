import { h } from './dom.js';

/** @typedef {import('./page-parts.js').PartView} PartView */

const SHOWN = 5;
const MAX_LENGTH = 120;

/** Shows the items of a list, or the values of another body. @type {PartView} */
export const entries = {
  createContent: () => h('ul', { class: 'entries' }),
  show(list, body) {
    const text = JSON.stringify(body);
    if (list.dataset['shown'] === text) return;
    list.dataset['shown'] = text;
    const rows = toItems(body).slice(0, SHOWN).map(createRow);
    list.replaceChildren(...(rows.length ? rows : [h('li', { class: 'none' }, 'No entries.')]));
  },
};

/** @param {unknown} body @returns {unknown[]} */
function toItems(body) {
  if (!isObject(body)) return [body];
  const { items, source: _source, degraded: _degraded, reason: _reason, ...values } = body;
  return Array.isArray(items) ? items : [values];
}

/** @param {unknown} item */
const createRow = (item) =>
  isObject(item)
    ? h('li', {}, ...Object.entries(item).map(([name, value]) => createValue(name, value)))
    : h('li', {}, formatValue(item));

/** @param {string} name @param {unknown} value */
const createValue = (name, value) => h('span', {}, h('small', {}, name), ` ${formatValue(value)} `);

/** @param {unknown} value @returns {string} */
function formatValue(value) {
  if (value === null || value === undefined || value === '') return '–';
  const text =
    typeof value === 'object'
      ? Object.values(value).map(formatValue).join(', ')
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
