import { publicService, services } from '../../deploy/local/services.ts';
import { toErrorBudget } from '../../deploy/platform/objectives.ts';
import { platform } from '../../platform.config.ts';
import { type MetricsWindow, readLabel } from './metrics-window.ts';

/** An alert of deploy/prometheus/rules that fires, with the labels that its page needs. */
export interface Alert {
  readonly name: string;
  readonly severity: 'page' | 'ticket';
  readonly labels: Readonly<Record<string, string>>;
}

/*
 * The alerts have the meaning of the rules, with a window of seconds instead of minutes: a game day has no Prometheus, and its
 * players no hours. A condition returns the labels of each alert that it finds.
 */
type Condition = (metrics: MetricsWindow) => readonly Readonly<Record<string, string>>[];

/** Burn rates of slo.yml: one that pages, and one of a ticket. */
const FAST_BURN = 14.4;
const SLOW_BURN = 3;
const SLOW_SHARE = 0.01;
const REQUESTS = 'http_server_request_duration_seconds_count';
const BUCKETS = 'http_server_request_duration_seconds_bucket';
const gateway = publicService.name;
const API = /http_route="\/api\//;
const GET = /http_request_method="GET"/;
const OK = /status_code="200"/;
const FAILED = /status_code="5/;
const USERS = /http_route="(?!\/(?:health|metrics|ops))/;
const POSTED = [/http_route="\/api\/orders"/, /http_request_method="POST"/];
/** Scrapes without a response until an instance counts as down, and until its service does. */
const TARGET_DOWN_SCRAPES = 3;
const SERVICE_DOWN_SCRAPES = 5;
const LATE_LOOP_S = 0.1;
const LATE_LOOP_SCRAPES = 4;

const when = (holds: boolean, labels: Readonly<Record<string, string>> = { service: gateway }) =>
  holds ? [labels] : [];
const everyService = (condition: (name: string) => boolean) =>
  services.filter(({ name }) => condition(name)).map(({ name }) => ({ service: name }));
const share = (bad: number, all: number): number => (all > 0 ? bad / all : 0);
const objectives = (name: string) => platform.services[name as keyof typeof platform.services].objectives;

/** Returns how many times too fast a service uses its error budget of availability. */
function availabilityBurn(metrics: MetricsWindow, name: string, route: RegExp): number {
  const bad = metrics.increase(name, REQUESTS, route, FAILED);
  return share(bad, metrics.increase(name, REQUESTS, route)) / toErrorBudget(objectives(name).availability);
}

/** Returns how many times too fast a service uses its error budget of latency. */
function latencyBurn(metrics: MetricsWindow, name: string, route: RegExp): number {
  const all = metrics.increase(name, REQUESTS, route, GET);
  const limit = new RegExp(`le="${objectives(name).latencyMs / 1000}"`);
  return share(all - metrics.increase(name, BUCKETS, route, GET, limit), all) / SLOW_SHARE;
}

/** Series of breakers and calls, with their service and upstream. */
const upstreamsWith = (metrics: MetricsWindow, metric: string, ...patterns: RegExp[]) =>
  services.flatMap(({ name }) =>
    [...Map.groupBy(metrics.current(name, metric), ({ labels }) => readLabel(labels, 'upstream')).keys()]
      .filter(
        (upstream) => metrics.increase(name, metric, new RegExp(`upstream="${upstream}"`), ...patterns) > 0,
      )
      .map((upstream) => ({ service: name, upstream })),
  );

const breakersIn = (metrics: MetricsWindow, states: RegExp) =>
  services.flatMap(({ name }) =>
    metrics
      .current(name, 'upstream_breaker_state', states)
      .filter(({ value }) => value === 1)
      .map(({ labels }) => ({ service: name, upstream: readLabel(labels, 'upstream') })),
  );

const degraded = (metrics: MetricsWindow, reads: RegExp, ...patterns: RegExp[]): boolean =>
  share(
    metrics.increase(gateway, 'degraded_responses_total', ...patterns),
    metrics.increase(gateway, REQUESTS, reads, GET, OK),
  ) >
  SLOW_BURN * SLOW_SHARE;

const conditions: Readonly<Record<string, readonly [Alert['severity'], Condition]>> = {
  AvailabilityBudgetBurn: ['page', (m) => when(availabilityBurn(m, gateway, API) > FAST_BURN)],
  LatencyBudgetBurn: ['page', (m) => when(latencyBurn(m, gateway, API) > FAST_BURN)],
  OrderOutcomesUnknown: [
    'page',
    (m) =>
      when(
        share(
          m.increase(gateway, REQUESTS, ...POSTED, /status_code="(?:500|502|504)"/),
          m.increase(gateway, REQUESTS, ...POSTED, /status_code="(?:201|500|502|504)"/),
        ) > 0.05,
      ),
  ],
  CriticalRequestsShed: [
    'page',
    (m) =>
      everyService(
        (name) =>
          m.increase(name, 'load_shedding_requests_total', /priority="critical"/, /decision="(?!admitted)/) >
          0,
      ),
  ],
  ServiceDown: ['page', (m) => everyService((name) => m.isUp(name, SERVICE_DOWN_SCRAPES) === false)],
  TargetDown: ['ticket', (m) => everyService((name) => m.isUp(name, TARGET_DOWN_SCRAPES) === false)],
  IdempotencyStoreUnavailable: [
    'ticket',
    (m) => when(m.increase(gateway, 'idempotency_claims_total', /outcome="unavailable"/) > 0),
  ],
  DegradationBudgetBurn: ['ticket', (m) => when(degraded(m, API, /reason="(?!flag-off)/))],
  FreshnessBudgetBurn: [
    'ticket',
    (m) => when(degraded(m, /http_route="\/api\/products/, /source="last-known-good"/)),
  ],
  ServiceObjectiveMissed: [
    'ticket',
    (m) =>
      everyService(
        (name) =>
          name !== gateway &&
          (availabilityBurn(m, name, USERS) > SLOW_BURN || latencyBurn(m, name, USERS) > FAST_BURN),
      ),
  ],
  BreakerOpen: ['ticket', (m) => breakersIn(m, /state="(?:open|half-open|recovering)"/)],
  BreakerManualOverride: ['ticket', (m) => breakersIn(m, /state="(?:isolated|forced-closed)"/)],
  RetryBudgetEmpty: ['ticket', (m) => upstreamsWith(m, 'upstream_retries_total', /outcome="budget-empty"/)],
  BulkheadFull: ['ticket', (m) => upstreamsWith(m, 'upstream_rejections_total', /reason="bulkhead-full"/)],
  RequestsShed: [
    'ticket',
    (m) =>
      everyService((name) => {
        const all = m.increase(name, 'load_shedding_requests_total');
        return share(m.increase(name, 'load_shedding_requests_total', /decision="(?!admitted)/), all) > 0.05;
      }),
  ],
  EventLoopBlocked: [
    'ticket',
    (m) =>
      everyService((name) => {
        const lowest = m.lowest(name, 'nodejs_eventloop_delay_p99_seconds', LATE_LOOP_SCRAPES);
        return Number.isFinite(lowest) && lowest > LATE_LOOP_S;
      }),
  ],
  SpansLost: [
    'ticket',
    (m) => everyService((name) => m.increase(name, 'telemetry_spans_total', /outcome="(?!taken)/) > 0),
  ],
};

/** The alerts that a game day computes. The others wait for hours, or for data that a game day does not have. */
export const computedAlerts: readonly string[] = Object.keys(conditions);

/** Returns the alerts that hold now, pages first. */
export const findAlerts = (metrics: MetricsWindow): Alert[] =>
  Object.entries(conditions)
    .flatMap(([name, [severity, condition]]) =>
      condition(metrics).map((labels): Alert => ({ name, severity, labels })),
    )
    .toSorted((a, b) => a.severity.localeCompare(b.severity));

/** Formats an alert for a terminal. */
export const formatAlert = ({ name, severity, labels }: Alert): string =>
  `${severity.padEnd(6)} ${name} ${Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(' ')}`;
