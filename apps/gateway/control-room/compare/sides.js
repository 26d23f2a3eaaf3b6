import { formatMs, h } from '../dom.js';
import { createPoster } from '../films.js';

/** @typedef {import('../../../../deploy/local/compare/report.js').SecondOfSide} SecondOfSide */
/** @typedef {import('../../../../deploy/local/compare/report.js').Customer} Customer */
/** @typedef {import('../../../../deploy/local/compare/report.js').View} View */
/** @typedef {import('@film-store/contracts').ProductPage} ProductPage */

/** @type {[string, string, (second: SecondOfSide) => string][]} */
const tiles = [
  ['good', 'good', ({ good }) => String(good)],
  ['degraded', 'degraded', ({ degraded }) => String(degraded)],
  ['failed', 'failed', ({ failed }) => String(failed)],
  [
    'inactive',
    'p99',
    ({ p99Ms }) => (p99Ms === null ? '–' : p99Ms < 1000 ? formatMs(p99Ms) : `${(p99Ms / 1000).toFixed(1)} s`),
  ],
  ['inactive', 'upstream calls', ({ calls }) => String(calls)],
];

/**
 * Shows the figures of the last second, and what a customer sees now.
 * @param {HTMLElement} side @param {SecondOfSide | undefined} second @param {Customer | undefined} customer
 */
export function showSide(side, second, customer) {
  const list = /** @type {HTMLElement} */ (side.querySelector('.tiles'));
  if (list.children.length === 0)
    list.append(...tiles.map(([severity, title]) => h('li', { class: `is-${severity}` }, h('b', {}), title)));
  tiles.forEach(([, , toText], index) => {
    const value = list.children[index]?.querySelector('b');
    if (value) value.textContent = second ? toText(second) : '–';
  });
  for (const kind of /** @type {const} */ (['page', 'order'])) {
    const holder = /** @type {HTMLElement} */ (side.querySelector(`[data-view=${kind}]`));
    showView(holder, kind, customer?.[kind] ?? { state: 'none' });
  }
}

/** @param {HTMLElement} holder @param {'page' | 'order'} kind @param {View} view */
function showView(holder, kind, view) {
  const key = JSON.stringify(view);
  if (holder.dataset['shown'] === key) return;
  holder.dataset['shown'] = key;
  holder.dataset['state'] = view.state;
  holder.replaceChildren(createView(kind, view));
}

/** @param {'page' | 'order'} kind @param {View} view @returns {HTMLElement} */
function createView(kind, view) {
  switch (view.state) {
    case 'none':
      return h('p', { class: 'muted' }, 'No customer yet.');
    case 'waiting':
      return h('p', { class: 'waiting is-degraded' }, `waiting for ${view.seconds} s`);
    case 'error':
      return h(
        'p',
        { class: 'error is-failed' },
        view.status ? `Error ${view.status}` : 'Left after 10 s without a response',
      );
    case 'page':
      return kind === 'page' ? createPage(/** @type {ProductPage} */ (view.body)) : createOrder(view.body);
    default:
      return view;
  }
}

/** @param {ProductPage} page */
function createPage({ product, availability, degraded }) {
  const stock = availability.stale
    ? `${availability.quantity} in stock earlier`
    : `${availability.quantity} in stock`;
  const badges = degraded.map(({ feature, reason, source }) =>
    h('p', {}, h('span', { class: 'badge is-degraded' }, `${feature}: ${source}, ${reason}`)),
  );
  const complete = h('p', {}, h('span', { class: 'badge is-good' }, 'complete'));
  return h(
    'div',
    { class: 'film' },
    createPoster(product),
    h(
      'div',
      {},
      h('strong', {}, product.title),
      h('p', {}, stock),
      ...(badges.length > 0 ? badges : [complete]),
    ),
  );
}

/** @param {unknown} body */
function createOrder(body) {
  const { id, title } = /** @type {{ id?: string, title?: string }} */ (body);
  if (id === undefined) return h('p', {}, title ?? '');
  return h('p', {}, h('span', { class: 'badge is-good' }, 'confirmed'), ` order ${id.slice(0, 8)}`);
}
