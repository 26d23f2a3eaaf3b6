import { byId, clock, h, ms } from './dom.js';
import { ops } from './ops.js';

/** @typedef {import('@film-store/telemetry').TraceSummary} TraceSummary */
/** @typedef {import('@film-store/telemetry').TraceDetail} TraceDetail */
/** @typedef {import('@film-store/telemetry').TraceSpan} TraceSpan */

const SHOWN = 8;
const POLL_MS = 5000;

let chosen = '';
/** Where people look at traces, if anywhere. @type {string | null} */
let jaegerUrl = null;

/** Lists the latest traces, and draws the one that somebody chose. @param {string | null} jaeger */
export async function startTraces(jaeger) {
  jaegerUrl = jaeger;
  byId('traces-refresh').addEventListener('click', () => void list());
  await list();
  // A list must not change under the hand of who chooses from it.
  setInterval(() => {
    const busy = document.hidden || byId('traces').matches(':hover, :focus-within');
    if (!busy) void list();
  }, POLL_MS);
}

async function list() {
  const answer = await ops('/ops/traces').catch(() => undefined);
  if (!answer?.ok) return;
  const traces = /** @type {TraceSummary[]} */ ((await answer.json()).traces).slice(0, SHOWN);
  const holder = byId('trace-list');
  if (traces.length === 0) {
    const where = jaegerUrl
      ? [h('a', { href: jaegerUrl }, 'They are in Jaeger.')]
      : ['None yet, or they go elsewhere.'];
    holder.replaceChildren(h('li', { class: 'quiet' }, ...where));
    return;
  }
  holder.replaceChildren(...traces.map(entry));
  const [first] = traces;
  if (!chosen && first) await show((traces.find(({ spans }) => spans > 2) ?? first).traceId);
}

/** @param {TraceSummary} trace */
function entry({ traceId, name, durationMs, failed, startedAt }) {
  const pressed = String(traceId === chosen);
  const button = h(
    'button',
    { type: 'button', 'aria-pressed': pressed, 'data-trace': traceId, title: clock(startedAt) },
    h('span', {}, name.replace('/api/', '')),
    h('span', {}, failed ? `✗ ${ms(durationMs)}` : ms(durationMs)),
  );
  button.addEventListener('click', () => void show(traceId));
  return h('li', {}, button);
}

/** @param {string} traceId */
async function show(traceId) {
  chosen = traceId;
  for (const button of byId('trace-list').querySelectorAll('button'))
    button.setAttribute('aria-pressed', String(button.dataset['trace'] === chosen));
  const answer = await ops(`/ops/traces/${traceId}`).catch(() => undefined);
  if (chosen !== traceId) return;
  byId('waterfall').replaceChildren(
    ...(answer?.ok ? waterfall(await answer.json()) : ['This trace is not known any more.']),
  );
}

/** @param {TraceDetail} trace */
function waterfall({ traceId, spans, missing }) {
  const from = Math.min(...spans.map(({ startedAt }) => Date.parse(startedAt)));
  const to = Math.max(...spans.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs));
  const about = h('p', { class: 'quiet' }, 'Trace ', h('code', {}, traceId));
  if (jaegerUrl) about.append(' ', h('a', { href: `${jaegerUrl}/trace/${traceId}` }, 'in Jaeger'));
  if (missing.length) about.append(` · without what ${missing.join(' and ')} knows`);
  return [
    about,
    h('ol', {}, ...inOrder(spans).flatMap(([span, depth]) => row(span, depth, from, Math.max(to - from, 1)))),
  ];
}

/** Each span after its parent. @param {TraceSpan[]} spans */
function inOrder(spans) {
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
function row({ service, name, startedAt, durationMs, failed, events }, depth, from, length) {
  const bar = h(
    'span',
    { class: failed ? 'bar failed' : 'bar' },
    h('i', {}),
    h('em', {}, `${failed ? '✗ ' : ''}${ms(durationMs)}`),
  );
  bar.style.setProperty('--start', `${((Date.parse(startedAt) - from) / length) * 100}%`);
  bar.style.setProperty('--length', `${(durationMs / length) * 100}%`);
  const item = h('li', {}, h('span', { class: 'span-name' }, h('b', {}, service), ` ${name}`), bar);
  item.style.setProperty('--depth', String(depth));
  if (events.length) item.append(h('span', { class: 'events' }, events.map(tellEvent).join(' · ')));
  return [item];
}

/** @param {TraceSpan['events'][number]} event */
const tellEvent = ({ name, afterMs, attributes }) =>
  `▸ ${name} after ${ms(afterMs)}: ${Object.values(attributes).join(', ')}`;
