import { byId, formatMs, h } from '../dom.js';
import { createPoster } from '../films.js';

/** @typedef {import('../../../../deploy/local/compare/report.js').SecondOfSide} SecondOfSide */
/** @typedef {import('../../../../deploy/local/compare/report.js').RunState} RunState */
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
 * Shows the figures of the last second and since the fault, and what a customer sees now.
 * @param {'ours' | 'twin'} name @param {RunState | null} run
 */
export function showSide(name, run) {
  const side = byId(name);
  showTiles(find(side, '.tiles'), run?.seconds.at(-1)?.[name]);
  const { seconds = [], faultFrom = null } = run ?? {};
  const since = faultFrom === null ? [] : seconds.slice(faultFrom);
  showTotals(
    find(side, '.totals'),
    since.map((second) => second[name]),
  );
  for (const kind of /** @type {const} */ (['page', 'order']))
    showView(find(side, `[data-view=${kind}]`), kind, run?.customers?.[name][kind] ?? { state: 'none' });
}

/** @param {HTMLElement} side @param {string} selector */
const find = (side, selector) => /** @type {HTMLElement} */ (side.querySelector(selector));

/** @param {HTMLElement} list @param {SecondOfSide | undefined} second */
function showTiles(list, second) {
  if (list.children.length === 0)
    list.append(...tiles.map(([severity, title]) => h('li', { class: `is-${severity}` }, h('b', {}), title)));
  tiles.forEach(([, , toText], index) => {
    const value = list.children[index]?.querySelector('b');
    if (value) value.textContent = second ? toText(second) : '–';
  });
}

/** @param {string} severity @param {number} count @param {string} text */
const createTotal = (severity, count, text) =>
  h('b', { class: count > 0 ? `is-${severity}` : '' }, `${count} ${text}`);

/** @param {HTMLElement} totals @param {SecondOfSide[]} seconds with the fault and after it */
function showTotals(totals, seconds) {
  const sum = (/** @type {'good' | 'degraded' | 'failed' | 'sent'} */ key) =>
    seconds.reduce((total, second) => total + second[key], 0);
  const [good, degraded, failed] = [sum('good'), sum('degraded'), sum('failed')];
  const waiting = Math.max(0, sum('sent') - good - degraded - failed);
  totals.replaceChildren(
    'Since the fault began:',
    createTotal('good', good, 'good'),
    createTotal('degraded', degraded, 'degraded'),
    createTotal('failed', failed, 'failed'),
    createTotal('degraded', waiting, 'waiting'),
  );
  totals.hidden = seconds.length === 0;
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
