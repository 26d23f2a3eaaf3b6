import { pageParts } from '@film-store/contracts';
import { breakerState } from '@film-store/ops';
import { degradationReason } from '@film-store/degradation';
import { recommendationsEdges, recommendationsMetrics } from './recommendations-signals.ts';
import { findCallers } from '../../../deploy/platform/derived.ts';
import { platform } from '../../../platform.config.ts';

/** The telemetry of the services. Operators build dashboards and alerts on it, so a change here affects them. */

/** Parent and child of spans, as `service: span`. Complete: probes, scrapes, operations and polls have no spans. */
export const edges = [
  // A product page.
  'gateway: GET /api/products/:id > gateway: GET catalog',
  'gateway: GET catalog > catalog: GET /products/:id',
  'catalog: GET /products/:id > catalog: SELECT films stock',
  // An order.
  'gateway: POST /api/orders > gateway: POST catalog',
  'gateway: POST catalog > catalog: POST /orders',
  'catalog: POST /orders > catalog: BATCH orders',
  ...recommendationsEdges,
] as const;

/** Further edges if the gateway has a Redis. */
export const redisEdges = [
  'gateway: POST /api/orders > gateway: EVALSHA idempotency.claim',
  'gateway: POST /api/orders > gateway: EVALSHA idempotency.complete',
  'gateway: GET /api/products/:id > gateway: SET last-known-good',
  // An unknown film.
  'gateway: GET /api/products/:id > gateway: DEL last-known-good',
  // Catalog is unreachable.
  'gateway: GET /api/products/:id > gateway: GET last-known-good',
] as const;

/** Attributes of spans: required ones first, then optional ones. */
export const spanAttributes = {
  server: [
    ['http.request.method', 'url.path', 'url.scheme'],
    [
      // For a 5xx its status; `connection-closed` if the connection closed before the response was sent.
      'error.type',
      // Absent if the connection closed before the response was sent.
      'http.response.status_code',
      // Absent if no route matched.
      'http.route',
    ],
  ],
  attempt: [
    [
      'http.request.method',
      'http.request.resend_count',
      'server.address',
      'server.port',
      'server.service.name',
      'upstream.time_left_ms',
      'url.full',
    ],
    [
      'error.type',
      'http.response.status_code',
      'upstream.attempt.previous_error',
      'upstream.attempt.reason',
      'upstream.retry.budget',
    ],
  ],
  database: [
    ['db.operation.name', 'db.query.summary', 'db.system.name', 'server.service.name'],
    ['error.type'],
  ],
} as const;

export const spanEvents: Readonly<Record<string, readonly string[]>> = {
  'response.degraded': ['feature', 'reason', 'source'],
  'breaker.transition': ['from', 'reason', 'to', 'upstream'],
  // #region part: faults
  'fault.injected': ['kind', 'point', 'scenario'],
  // #endregion part: faults
  'request.shed': ['priority', 'reason'],
  'upstream.hedge': ['attempt', 'upstream', 'upstream.attempt.reason', 'upstream.retry.budget'],
  'upstream.rejected': ['reason', 'upstream'],
  'upstream.retry': [
    'attempt',
    'upstream',
    'upstream.attempt.previous_error',
    'upstream.attempt.reason',
    'upstream.retry.budget',
  ],
};

/** Members of an access line, in addition to those of every line: required ones first, then optional ones. */
export const accessLine = [
  ['durationMs', 'event', 'method', 'status', 'url'],
  [
    'clientRequestId',
    // As in the response's `X-Degraded`; absent if it is not degraded.
    'degraded',
    // Absent if no route matched.
    'route',
    'sampled',
  ],
] as const;

/** Members of every line that is written for a request. */
export const lineOfRequest = ['level', 'msg', 'requestId', 'service', 'spanId', 'time', 'traceId'] as const;

const named = Object.entries(platform.services).toSorted(([a], [b]) => (a < b ? -1 : 1));
const everyone = named.map(([name]) => name);
const callers = named
  .filter(([, { calls, upstreams }]) => Object.keys({ ...calls, ...upstreams }).length > 0)
  .map(([name]) => name);
/** The services that call others, or a server with their data. */
const guarded = named
  .filter(([name, { stores }]) => callers.includes(name) || stores.some((store) => store !== 'files'))
  .map(([name]) => name);

/** All values of the labels: clients cannot add any. A route is a pattern of the service. */
export type Labels = Readonly<Record<string, readonly string[] | RegExp>>;

const routes = /^(?:\(no route\)|(?:\/:?[a-zA-Z-]+)+)$/;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '_OTHER'];
const upstreams = [
  ...everyone.filter((name) => findCallers(platform, name).length > 0),
  ...named.flatMap(([, service]) => Object.keys(service.upstreams)),
  'redis',
  'cache',
  'database',
  'search',
  'replica',
];
const upstream: Labels = { upstream: upstreams };

/** A metric, the services that send it, and its labels. */
interface Metric {
  readonly by: readonly string[];
  readonly labels: Labels;
  /** Labels of the series that differ. */
  readonly otherLabels?: Labels;
}

export const metrics: Readonly<Record<string, Metric>> = {
  'http.server.request.duration': {
    by: everyone,
    labels: {
      'http.request.method': methods,
      'http.response.status_code': /^[1-5]\d\d$/,
      'http.route': routes,
    },
    // The connection closed before the response was sent.
    otherLabels: {
      'error.type': ['connection-closed'],
      'http.request.method': methods,
      'http.route': routes,
    },
  },
  'http.server.client_deadline.exceeded': {
    by: everyone,
    labels: { 'http.request.method': methods, 'http.route': routes },
  },
  'upstream.attempt.duration': {
    by: guarded,
    labels: {
      ...upstream,
      outcome: [
        'success',
        'expected',
        'timeout',
        'upstream-timeout',
        'upstream-unreachable',
        'upstream-bad-response',
        'unavailable',
        'overloaded',
        'ended',
        'error',
      ],
    },
  },
  'upstream.breaker.state': { by: guarded, labels: { ...upstream, state: breakerState.options } },
  'upstream.breaker.transitions': { by: guarded, labels: { ...upstream, to: breakerState.options } },
  'upstream.rejections': {
    by: guarded,
    labels: { ...upstream, reason: ['breaker-open', 'bulkhead-full'] },
  },
  'upstream.bulkhead.in_flight': { by: guarded, labels: upstream },
  'upstream.bulkhead.limit': { by: guarded, labels: upstream },
  'upstream.bulkhead.queued': { by: guarded, labels: upstream },
  'upstream.bulkhead.abandoned': { by: guarded, labels: upstream },
  'upstream.timeout': { by: guarded, labels: upstream },
  'upstream.retry.budget': { by: callers, labels: upstream },
  'upstream.retries': {
    by: callers,
    labels: {
      ...upstream,
      outcome: ['retried', 'not-retryable', 'attempts-used-up', 'no-time', 'budget-empty'],
    },
  },
  'upstream.hedges': { by: callers, labels: { ...upstream, outcome: ['hedged', 'won', 'suppressed'] } },
  'load_shedding.requests': {
    by: everyone,
    labels: {
      decision: ['admitted', 'timed-out', 'evicted', 'deadline-unreachable', 'event-loop-delay'],
      priority: ['critical', 'normal', 'sheddable'],
    },
  },
  'load_shedding.limit': { by: everyone, labels: {} },
  'load_shedding.in_flight': { by: everyone, labels: {} },
  'load_shedding.queued': { by: everyone, labels: {} },
  'degraded.responses': {
    by: ['gateway'],
    labels: {
      feature: [
        'product',
        'products',
        ...Object.keys(pageParts),
        'featured',
        // #region part: flags
        'flags',
        // #endregion part: flags
      ],
      reason: degradationReason.options,
      source: ['popular', 'none', 'last-known-good', 'default'],
    },
  },
  'idempotency.claims': {
    by: ['gateway'],
    labels: {
      outcome: ['claimed', 'already-owned', 'mismatch', 'completed', 'busy', 'quarantined', 'unavailable'],
    },
  },
  ...recommendationsMetrics,
  'telemetry.spans': { by: everyone, labels: { outcome: ['taken', 'not-taken', 'queue-full'] } },
  'log.lines.dropped': { by: everyone, labels: {} },
  'nodejs.eventloop.delay.p50': { by: everyone, labels: {} },
  'nodejs.eventloop.delay.p99': { by: everyone, labels: {} },
  'v8js.gc.duration': {
    by: everyone,
    labels: { 'v8js.gc.type': ['minor', 'major', 'incremental', 'weakcb'] },
  },
  'v8js.memory.heap.used': { by: everyone, labels: {} },
  'process.memory.usage': { by: everyone, labels: {} },
};

/** Further metrics if catalog has a PostgreSQL. */
export const poolMetrics: typeof metrics = {
  'db.client.connection.count': {
    by: ['catalog'],
    labels: { 'db.client.connection.state': ['idle', 'used'] },
  },
  'db.client.connection.pending_requests': { by: ['catalog'], labels: {} },
};
