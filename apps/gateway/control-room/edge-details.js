import { byId, h, ms, rate, seconds } from './dom.js';
import { put } from './ops.js';
import { breakerOf, moodOf, nameOf, percent } from './topology.js';

/** @typedef {import('@film-store/ops').Edge} Edge */

const modes = /** @type {const} */ ([
  ['isolated', 'Isolate'],
  ['forced-closed', 'Force closed'],
  ['auto', 'Auto'],
]);

/**
 * Shows what guards one connection. The gateway's own breakers can be turned by hand; those of others only there.
 * @param {Edge | undefined} edge
 * @param {string} gateway
 */
export function showEdge(edge, gateway) {
  const holder = byId('edge');
  if (!edge) {
    delete holder.dataset['edge'];
    holder.replaceChildren(h('p', { class: 'quiet' }, 'Nothing is known of this connection at the moment.'));
    return;
  }
  if (holder.dataset['edge'] !== nameOf(edge)) drawEdge(holder, edge, gateway);
  const [, word] = breakerOf(edge);
  const state = holder.querySelector('.badge');
  if (state) state.className = `badge is-${moodOf(edge)}`;
  if (state) state.textContent = `breaker ${word}`;
  const { state: breakerState } = edge.breaker;
  const current = modes.find(([mode]) => mode === breakerState)?.[0] ?? 'auto';
  for (const [mode] of modes)
    holder.querySelector(`[data-mode="${mode}"]`)?.setAttribute('aria-pressed', String(mode === current));
  showFigures(/** @type {HTMLElement} */ (holder.querySelector('dl')), figuresOf(edge));
}

/** @param {HTMLElement} holder @param {Edge} edge @param {string} gateway */
function drawEdge(holder, edge, gateway) {
  holder.dataset['edge'] = nameOf(edge);
  const buttons = modes.map(([mode, label]) => {
    const button = h('button', { type: 'button', 'data-mode': mode }, label);
    button.addEventListener('click', () => void put(`/ops/breakers/${edge.to}`, { state: mode }));
    return button;
  });
  const label = `Breaker of ${edge.to}`;
  const turn = h(
    'div',
    { class: 'buttons', role: 'group', 'aria-label': label },
    h('span', {}, 'Breaker'),
    ...buttons,
  );
  holder.replaceChildren(
    h(
      'div',
      { class: 'edge-head' },
      h('h3', {}, `${edge.from} → ${edge.to}`),
      h('span', { class: 'badge' }),
      ...(edge.from === gateway ? [turn] : []),
    ),
    h('dl', { class: 'figures' }),
  );
}

/** @typedef {[name: string, value: string, more?: string]} Figure */

/** @param {Edge} edge @returns {Figure[]} */
function figuresOf({
  perSecond,
  errorRate,
  rejectedPerSecond,
  breaker,
  latency,
  timeoutMs,
  bulkhead,
  retryBudget,
}) {
  const { calls, failures, openMs } = breaker;
  return [
    ['Attempts', rate(perSecond), errorRate ? `${percent(errorRate)} fail` : 'none fail'],
    ['Not let through', rate(rejectedPerSecond), 'by the breaker'],
    [
      'Latency, p50',
      latency.samples ? ms(latency.p50Ms) : '–',
      `p99 ${latency.samples ? ms(latency.p99Ms) : '–'}`,
    ],
    ['Attempt timeout', ms(timeoutMs), 'follows the p99'],
    ['Breaker’s window', `${failures} of ${calls}`, `failed; opens for ${seconds(openMs)}`],
    [
      'Bulkhead',
      `${bulkhead.inFlight} of ${bulkhead.concurrency}`,
      `${bulkhead.queued} of ${bulkhead.queue} wait`,
    ],
    [
      'Retry budget',
      retryBudget === null ? 'none' : `${retryBudget}`,
      retryBudget === null ? 'tried once' : 'extra attempts',
    ],
  ];
}

/** @param {HTMLElement} list @param {Figure[]} figures */
export function showFigures(list, figures) {
  if (list.children.length !== figures.length)
    list.replaceChildren(...figures.map(([name]) => h('div', {}, h('dt', {}, name), h('dd', {}))));
  figures.forEach(([, value, more], index) => {
    const cell = list.children[index]?.querySelector('dd');
    cell?.replaceChildren(value, ...(more === undefined ? [] : [' ', h('small', {}, more)]));
  });
}
