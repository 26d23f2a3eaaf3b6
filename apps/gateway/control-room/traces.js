import { byId, formatTime, h, formatMs } from './dom.js';
import { ops } from './ops.js';

/** @typedef {import('@film-store/telemetry').TraceSummary} TraceSummary */
/** @typedef {import('@film-store/telemetry').TraceDetail} TraceDetail */
/** @typedef {import('@film-store/telemetry').TraceSpan} TraceSpan */

const MAX_TRACES = 8;
const POLL_MS = 5000;

let selected = '';
/** Address of Jaeger. @type {string | null} */
let jaegerUrl = null;

/** Lists the latest traces and draws the selected one. @param {string | null} jaeger */
export async function startTraces(jaeger) {
  jaegerUrl = jaeger;
  byId('traces-refresh').addEventListener('click', () => void list());
  await list();
  // The list must not change while a user selects from it.
  setInterval(() => {
    const busy = document.hidden || byId('traces').matches(':hover, :focus-within');
    if (!busy) void list();
  }, POLL_MS);
}

async function list() {
  const response = await ops('/ops/traces').catch(() => undefined);
  if (!response?.ok) return;
  const traces = /** @type {TraceSummary[]} */ ((await response.json()).traces).slice(0, MAX_TRACES);
  const holder = byId('trace-list');
  if (traces.length === 0) {
    const where = jaegerUrl
      ? [h('a', { href: jaegerUrl }, 'Traces are in Jaeger.')]
      : ['No traces are stored here.'];
    holder.replaceChildren(h('li', { class: 'muted' }, ...where));
    return;
  }
  holder.replaceChildren(...traces.map(createEntry));
  const [first] = traces;
  if (!selected && first) await show((traces.find(({ spans }) => spans > 2) ?? first).traceId);
}

/** @param {TraceSummary} trace */
function createEntry({ traceId, name, durationMs, failed, startedAt }) {
  const pressed = String(traceId === selected);
  const button = h(
    'button',
    { type: 'button', 'aria-pressed': pressed, 'data-trace': traceId, title: formatTime(startedAt) },
    h('span', {}, name.replace('/api/', '')),
    h('span', {}, failed ? `✗ ${formatMs(durationMs)}` : formatMs(durationMs)),
  );
  button.addEventListener('click', () => void show(traceId));
  return h('li', {}, button);
}

/** @param {string} traceId */
async function show(traceId) {
  selected = traceId;
  for (const button of byId('trace-list').querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button.dataset['trace'] === selected));
  const response = await ops(`/ops/traces/${traceId}`).catch(() => undefined);
  if (selected !== traceId) return;
  byId('waterfall').replaceChildren(
    ...(response?.ok ? createWaterfall(await response.json()) : ['The trace is no longer stored.']),
  );
}

/** @param {TraceDetail} trace */
function createWaterfall({ traceId, spans, missing }) {
  const from = Math.min(...spans.map(({ startedAt }) => Date.parse(startedAt)));
  const to = Math.max(...spans.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs));
  const header = h('p', { class: 'muted' }, 'Trace ', h('code', {}, traceId));
  if (jaegerUrl) header.append(' ', h('a', { href: `${jaegerUrl}/trace/${traceId}` }, 'in Jaeger'));
  if (missing.length) header.append(` · no spans from ${missing.join(' and ')}`);
  return [
    header,
    h(
      'ol',
      {},
      ...orderSpans(spans).flatMap(([span, depth]) => createRow(span, depth, from, Math.max(to - from, 1))),
    ),
  ];
}

/** Orders spans so that each one follows its parent. @param {TraceSpan[]} spans */
function orderSpans(spans) {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const byParent = Map.groupBy(spans, ({ parentSpanId = '' }) => (ids.has(parentSpanId) ? parentSpanId : ''));
  /** @type {[span: TraceSpan, depth: number][]} */
  const ordered = [];
  const add = (/** @type {string} */ parent, /** @type {number} */ depth) => {
    for (const span of byParent.get(parent) ?? []) {
      ordered.push([span, depth]);
      add(span.spanId, depth + 1);
    }
  };
  add('', 0);
  return ordered;
}

/** @param {TraceSpan} span @param {number} depth @param {number} from @param {number} length in milliseconds */
function createRow({ service, name, startedAt, durationMs, failed, events }, depth, from, length) {
  const bar = h(
    'span',
    { class: failed ? 'bar failed' : 'bar' },
    h('i', {}),
    h('em', {}, `${failed ? '✗ ' : ''}${formatMs(durationMs)}`),
  );
  bar.style.setProperty('--start', `${((Date.parse(startedAt) - from) / length) * 100}%`);
  bar.style.setProperty('--length', `${(durationMs / length) * 100}%`);
  const item = h('li', {}, h('span', { class: 'span-name' }, h('b', {}, service), ` ${name}`), bar);
  item.style.setProperty('--depth', String(depth));
  if (events.length) item.append(h('span', { class: 'events' }, events.map(describeEvent).join(' · ')));
  return [item];
}

/** @param {TraceSpan['events'][number]} event */
const describeEvent = ({ name, afterMs, attributes }) =>
  `▸ ${name} after ${formatMs(afterMs)}: ${Object.values(attributes).join(', ')}`;
