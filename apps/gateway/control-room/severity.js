import { formatMs, formatRate, formatSeconds } from './dom.js';

/** @typedef {import('@film-store/ops').Edge} Edge */
/** @typedef {import('@film-store/ops').ServiceSnapshot} ServiceSnapshot */
/** @typedef {import('./dom.js').Severity} Severity */

/** @param {number} fraction */
export const formatPercent = (fraction) => `${Math.round(fraction * 100)} %`;

/** @type {Record<ServiceSnapshot['status'], [Severity, string]>} */
const statuses = {
  ok: ['good', 'healthy'],
  degraded: ['degraded', 'degraded'],
  error: ['failed', 'not ready'],
  starting: ['inactive', 'starting'],
  shutting_down: ['inactive', 'stopping'],
  unreachable: ['inactive', 'unreachable'],
};

/** The breaker of a connection whose service reports no state. @type {[Severity, string]} */
export const unknownBreaker = ['inactive', 'no data'];

/** Describes the status of a service. Another version of it can have more statuses. @param {string} status @returns {[Severity, string]} */
export const describeStatus = (status) =>
  statuses[/** @type {ServiceSnapshot['status']} */ (status)] ?? ['inactive', status];

/** Describes the state of a breaker by severity and text. @param {Edge} edge @returns {[Severity, string]} */
export function describeBreaker({ breaker: { state, retryAfterMs, admittedFraction } }) {
  /** @type {Record<Edge['breaker']['state'], [Severity, string]>} */
  const states = {
    closed: ['good', 'closed'],
    open: ['failed', `open, ${formatSeconds(retryAfterMs)} left`],
    'half-open': ['degraded', admittedFraction < 1 ? 'half-open, probing' : 'half-open'],
    recovering: ['degraded', `recovering, ${formatPercent(admittedFraction)}`],
    isolated: ['failed', 'isolated'],
    'forced-closed': ['degraded', 'forced closed'],
  };
  return states[state] ?? ['inactive', state];
}

/** @param {Edge} edge @returns {Severity} */
export function toSeverity(edge) {
  const [breaker] = describeBreaker(edge);
  const errorRate = edge.errorRate ?? 0;
  if (breaker === 'failed' || errorRate >= 0.5) return 'failed';
  return breaker === 'degraded' || errorRate > 0 ? 'degraded' : 'good';
}

/**
 * Describes a connection by its rate and latency, and by its failures or breaker. A store has room for one of both.
 * @param {Edge | undefined} edge absent while its service reports no state @param {boolean} isStore
 */
export function describeEdge(edge, isStore) {
  if (!edge) return isStore ? { figure: 'no data', state: '' } : { figure: '–', state: 'no data' };
  const { perSecond, errorRate, latency } = edge;
  const [severity, word] = describeBreaker(edge);
  const state = errorRate && severity === 'good' ? `${formatPercent(errorRate)} fail` : word;
  if (isStore && toSeverity(edge) !== 'good') return { figure: state.split(',')[0] ?? '', state: '' };
  const p99 = formatMs(latency.p99Ms);
  return { figure: `${formatRate(perSecond)} · ${isStore ? p99 : `p99 ${p99}`}`, state };
}

/** Describes the state of a service in three lines. @param {ServiceSnapshot} service */
export function describeService({ status, reason, failingChecks, rssMiB, loopDelayMs, loadShedding }) {
  const failing = failingChecks.map((check) => check.name).join(', ');
  const resources = rssMiB === null || loopDelayMs === null ? '' : `${rssMiB} MiB · loop ${loopDelayMs} ms`;
  const load = loadShedding ? `${loadShedding.inFlight} of ${loadShedding.limit} in flight` : '';
  return [describeStatus(status)[1], reason ?? resources, failing ? `failing: ${failing}` : load];
}
