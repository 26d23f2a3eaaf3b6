import { breakerState } from '@film-store/ops';
import { degradationReason } from '@film-store/degradation';

/**
 * What the services tell of themselves: who runs them builds dashboards and alerts on it, so a change here is a change
 * for them. `README.md` beside it explains it.
 */

/** Which span is the parent of which, as `service: span`. All there are, but for probes and operations. */
export const edges = [
  // A product page.
  'gateway: GET /api/products/:id > gateway: GET catalog',
  'gateway: GET catalog > catalog: GET /products/:id',
  'catalog: GET /products/:id > catalog: SELECT films stock',
  'gateway: GET /api/products/:id > gateway: GET recommendations',
  'gateway: GET recommendations > recommendations: GET /recommendations',
  // Popular films, where personal ones cannot be had.
  'gateway: GET catalog > catalog: GET /products',
  // An order.
  'gateway: POST /api/orders > gateway: POST catalog',
  'gateway: POST catalog > catalog: POST /orders',
  'catalog: POST /orders > catalog: BATCH orders',
  // No request makes recommendations ask catalog: it polls, and a poll is a trace of its own.
  'recommendations: GET catalog > catalog: GET /products',
  'catalog: GET /products > catalog: SELECT films',
  'recommendations: GET catalog > catalog: GET /orders/feed',
  'catalog: GET /orders/feed > catalog: SELECT orders order_items',
] as const;

/** Those there are besides where the gateway has a Redis. */
export const redisEdges = [
  'gateway: POST /api/orders > gateway: EVALSHA idempotency.claim',
  'gateway: POST /api/orders > gateway: EVALSHA idempotency.complete',
  'gateway: GET /api/products/:id > gateway: SET last-known-good',
  // There is no such film.
  'gateway: GET /api/products/:id > gateway: DEL last-known-good',
  // Catalog is away.
  'gateway: GET /api/products/:id > gateway: GET last-known-good',
] as const;

/** The attributes of spans: all of their kind have the first, some the others. */
export const spanAttributes = {
  server: [
    ['http.request.method', 'url.path', 'url.scheme'],
    [
      // Of a 5xx, which is its status; `connection-closed` where the connection closed before the response was sent.
      'error.type',
      // Absent where the connection closed before the response was sent.
      'http.response.status_code',
      // Absent where no route matched.
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
      'upstream.attempt.after',
      'upstream.attempt.why',
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
  'request.shed': ['priority', 'refusal'],
  'upstream.hedge': ['attempt', 'upstream', 'upstream.attempt.why', 'upstream.retry.budget'],
  'upstream.rejected': ['reason', 'upstream'],
  'upstream.retry': [
    'attempt',
    'upstream',
    'upstream.attempt.after',
    'upstream.attempt.why',
    'upstream.retry.budget',
  ],
};

/** The members of an access line, beside those of every line: all have the first, some the others. */
export const accessLine = [
  ['durationMs', 'event', 'method', 'status', 'url'],
  [
    'clientRequestId',
    // As the answer's `X-Degraded` says it; absent where it is whole.
    'degraded',
    // Absent where no route matched.
    'route',
    'sampled',
  ],
] as const;

/** Those of every line that is written for a request. */
export const lineOfRequest = ['level', 'msg', 'requestId', 'service', 'spanId', 'time', 'traceId'] as const;

const everyone = ['catalog', 'gateway', 'recommendations'];
const callers = ['gateway', 'recommendations'];

/** What a label can say, in full: nothing that a client sends adds to it. A route is a pattern of the service's own. */
export type Labels = Readonly<Record<string, readonly string[] | RegExp>>;

const routes = /^(?:\(no route\)|(?:\/:?[a-zA-Z-]+)+)$/;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '_OTHER'];
const upstreams = ['catalog', 'recommendations', 'redis', 'database'];
const upstream: Labels = { upstream: upstreams };

/** A metric, who sends it, and its labels. */
interface Metric {
  readonly by: readonly string[];
  readonly labels: Labels;
  /** Where some of its series have other labels. */
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
    by: everyone,
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
  'upstream.breaker.state': { by: everyone, labels: { ...upstream, state: breakerState.options } },
  'upstream.breaker.transitions': { by: everyone, labels: { ...upstream, to: breakerState.options } },
  'upstream.rejections': {
    by: everyone,
    labels: { ...upstream, reason: ['breaker-open', 'bulkhead-full'] },
  },
  'upstream.bulkhead.in_flight': { by: everyone, labels: upstream },
  'upstream.bulkhead.queued': { by: everyone, labels: upstream },
  'upstream.bulkhead.abandoned': { by: everyone, labels: upstream },
  'upstream.timeout': { by: everyone, labels: upstream },
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
      feature: ['product', 'products', 'recommendations', 'featured', 'flags'],
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
  'catalog.data.age': { by: ['recommendations'], labels: { data: ['feed', 'films'] } },
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

/** Those there are besides where catalog has a PostgreSQL. */
export const poolMetrics: typeof metrics = {
  'db.client.connection.count': {
    by: ['catalog'],
    labels: { 'db.client.connection.state': ['idle', 'used'] },
  },
  'db.client.connection.pending_requests': { by: ['catalog'], labels: {} },
};
