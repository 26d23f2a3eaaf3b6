import { byId, h, formatMs, formatRate, formatSeconds } from './dom.js';
import { put } from './ops.js';
import { toEdgeName } from './layout-rows.js';
import { describeBreaker, formatPercent, toSeverity } from './severity.js';

/** @typedef {import('@film-store/ops').Edge} Edge */

const modes = /** @type {const} */ ([
  ['isolated', 'Isolate'],
  ['forced-closed', 'Force closed'],
  ['auto', 'Auto'],
]);

/**
 * Shows the resilience policies of one connection. Operators can switch only the gateway's own breakers here.
 * @param {Edge | undefined} edge
 * @param {string} gateway
 */
export function showEdge(edge, gateway) {
  const holder = byId('edge');
  if (!edge) {
    delete holder.dataset['edge'];
    holder.replaceChildren(h('p', { class: 'muted' }, 'No data for this connection.'));
    return;
  }
  if (holder.dataset['edge'] !== toEdgeName(edge)) drawEdge(holder, edge, gateway);
  const [, word] = describeBreaker(edge);
  const badge = holder.querySelector('.badge');
  if (badge) badge.className = `badge is-${toSeverity(edge)}`;
  if (badge) badge.textContent = `breaker ${word}`;
  const { state: breakerState } = edge.breaker;
  const current = modes.find(([mode]) => mode === breakerState)?.[0] ?? 'auto';
  for (const [mode] of modes)
    holder.querySelector(`[data-mode="${mode}"]`)?.setAttribute('aria-pressed', String(mode === current));
  showFigures(/** @type {HTMLElement} */ (holder.querySelector('dl')), toFigures(edge));
}

/** @param {HTMLElement} holder @param {Edge} edge @param {string} gateway */
function drawEdge(holder, edge, gateway) {
  holder.dataset['edge'] = toEdgeName(edge);
  const buttons = modes.map(([mode, label]) => {
    const button = h('button', { type: 'button', 'data-mode': mode }, label);
    button.addEventListener('click', () => void put(`/ops/breakers/${edge.to}`, { state: mode }));
    return button;
  });
  const label = `Breaker of ${edge.to}`;
  const switches = h(
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
      ...(edge.from === gateway ? [switches] : []),
    ),
    h('dl', { class: 'figures' }),
  );
}

/** @typedef {[name: string, value: string, detail?: string]} Figure */

/** @param {Edge} edge @returns {Figure[]} */
function toFigures({
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
    ['Attempts', formatRate(perSecond), errorRate ? `${formatPercent(errorRate)} fail` : 'none fail'],
    ['Rejected', formatRate(rejectedPerSecond), 'by the breaker'],
    [
      'Latency, p50',
      latency.samples ? formatMs(latency.p50Ms) : '–',
      `p99 ${latency.samples ? formatMs(latency.p99Ms) : '–'}`,
    ],
    ['Attempt timeout', formatMs(timeoutMs), 'adapts to the p99'],
    ['Breaker window', `${failures} of ${calls}`, `failed; opens for ${formatSeconds(openMs)}`],
    [
      'Bulkhead',
      `${bulkhead.inFlight} of ${bulkhead.concurrency}`,
      `in flight, ${bulkhead.queued} of ${bulkhead.queue} waiting`,
    ],
    [
      'Retry budget',
      retryBudget === null ? 'none' : `${retryBudget}`,
      retryBudget === null ? 'no retries' : 'extra attempts',
    ],
  ];
}

/** @param {HTMLElement} list @param {Figure[]} figures */
export function showFigures(list, figures) {
  if (list.children.length !== figures.length)
    list.replaceChildren(...figures.map(([name]) => h('div', {}, h('dt', {}, name), h('dd', {}))));
  figures.forEach(([, value, detail], index) => {
    const cell = list.children[index]?.querySelector('dd');
    cell?.replaceChildren(value, ...(detail === undefined ? [] : [' ', h('small', {}, detail)]));
  });
}
