/** What is scraped once a minute, by series, in promtool's notation: `0+3x9` is 0, 3, 6, … 27. */
type Series = Readonly<Record<string, string>>;

export interface RuleCase {
  readonly alert: string;
  /** Ends the sentence "fires when …". */
  readonly when: string;
  readonly series: Series;
  /** When the case is looked at, from the first scrape. */
  readonly at: string;
  /** How often rules are evaluated. */
  readonly every: string;
  /** Of the alert, all but its name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly fires: boolean;
}

/** The same series, fine and not, looked at at the same time. */
interface Pair {
  readonly alert: string;
  readonly at: string;
  /** A minute, where nothing else is said; hours of minutes would take long, and after five a sample is stale. */
  readonly every?: string;
  readonly fires: { readonly when: string; readonly series: Series };
  readonly labels: Readonly<Record<string, string>>;
  readonly silent: { readonly when: string; readonly series: Series };
}

const http = (what: string, labels: string): string =>
  `http_server_request_duration_seconds_${what}{service="gateway", ${labels}}`;
const page = (status: number): string =>
  http(
    'count',
    `http_route="/api/products/:id", http_request_method="GET", http_response_status_code="${status}"`,
  );
const inHalfASecond = http('bucket', `http_route="/api/products/:id", http_request_method="GET", le="0.5"`);
const order = (status: number): string =>
  http(
    'count',
    `http_route="/api/orders", http_request_method="POST", http_response_status_code="${status}"`,
  );
const degraded = (source: string, reason: string): string =>
  `degraded_answers_total{service="gateway", source="${source}", reason="${reason}"}`;
const claims = (outcome: string): string =>
  `idempotency_claims_total{service="gateway", instance="a", outcome="${outcome}"}`;
const breaker = (state: string): string =>
  `upstream_breaker_state{service="gateway", instance="a", upstream="catalog", state="${state}"}`;
const requests = (priority: string, decision: string): string =>
  `inbound_requests_total{service="catalog", priority="${priority}", decision="${decision}"}`;
const age = (data: string): string =>
  `catalog_data_age_seconds{service="recommendations", instance="a", data="${data}"}`;

const pairs: readonly Pair[] = [
  {
    alert: 'AvailabilityBudgetBurn',
    at: '7h',
    every: '4m',
    fires: {
      when: 'two in a hundred fail for an hour, after hours without failure',
      series: { [page(200)]: '0+100x360 36098+98x60', [page(503)]: '0x360 2+2x60' },
    },
    labels: { severity: 'page', slo: 'availability' },
    silent: { when: 'five in a thousand fail', series: { [page(200)]: '0+995x430', [page(503)]: '0+5x430' } },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '9h',
    every: '4m',
    fires: {
      when: 'two in a thousand fail for hours',
      series: { [page(200)]: '0+998x560', [page(503)]: '0+2x560' },
    },
    labels: { severity: 'ticket', slo: 'availability' },
    silent: {
      when: 'they failed, but do so no more',
      series: { [page(200)]: '0+1000x560', [page(503)]: '0+3x120 360x440' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '6h',
    every: '4m',
    fires: {
      when: 'seven in a hundred are slow for hours',
      series: { [page(200)]: '0+100x400', [inHalfASecond]: '0+93x400' },
    },
    labels: { severity: 'page', slo: 'latency' },
    silent: {
      when: 'they were slow, but are so no more',
      series: { [page(200)]: '0+100x400', [inHalfASecond]: '0+93x320 29860+100x80' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '3h',
    every: '4m',
    fires: {
      when: 'four in a hundred are slow for longer',
      series: { [page(200)]: '0+100x200', [inHalfASecond]: '0+96x200' },
    },
    labels: { severity: 'ticket', slo: 'latency' },
    silent: {
      when: 'one in two hundred is slow',
      series: { [page(200)]: '0+200x200', [inHalfASecond]: '0+199x200' },
    },
  },
  {
    alert: 'DegradationBudgetBurn',
    at: '1h',
    fires: {
      when: 'a fifth of the answers lack something',
      series: { [page(200)]: '0+100x70', [degraded('popular', 'breaker-open')]: '0+20x70' },
    },
    labels: { severity: 'ticket', slo: 'degradation' },
    silent: {
      when: 'operators switched it off',
      series: { [page(200)]: '0+100x70', [degraded('popular', 'flag-off')]: '0+20x70' },
    },
  },
  {
    alert: 'FreshnessBudgetBurn',
    at: '1h',
    fires: {
      when: 'pages are the last known ones',
      series: { [page(200)]: '0+100x70', [degraded('last-known-good', 'unreachable')]: '0+50x70' },
    },
    labels: { severity: 'ticket', slo: 'catalog-freshness' },
    silent: {
      when: 'something else is missing',
      series: { [page(200)]: '0+100x70', [degraded('popular', 'unreachable')]: '0+50x70' },
    },
  },
  {
    alert: 'FreshnessBudgetBurn',
    at: '1h',
    fires: { when: 'orders are read late', series: { [age('feed')]: '1x40 61x30', [age('films')]: '60x70' } },
    labels: { severity: 'ticket', slo: 'recommendations-freshness' },
    silent: {
      when: 'films are as old as they may be',
      series: { [age('feed')]: '60x70', [age('films')]: '900x70' },
    },
  },
  {
    alert: 'OrderOutcomesUnknown',
    at: '10m',
    fires: { when: 'one of ten orders is a 504', series: { [order(201)]: '0+9x20', [order(504)]: '0+1x20' } },
    labels: { severity: 'page' },
    silent: { when: 'half of them are refused', series: { [order(201)]: '0+5x20', [order(409)]: '0+5x20' } },
  },
  {
    alert: 'IdempotencyKeyParked',
    at: '30m',
    fires: { when: 'it is the first of this gateway’s life', series: { [claims('parked')]: '_x20 1x20' } },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', outcome: 'parked' },
    silent: { when: 'keys are merely busy', series: { [claims('busy')]: '0+9x40' } },
  },
  {
    alert: 'IdempotencyKeyParked',
    at: '3h',
    fires: { when: 'it is one more', series: { [claims('parked')]: '3x150 4x40' } },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', outcome: 'parked' },
    silent: { when: 'the last one was hours ago', series: { [claims('parked')]: '3x50 4x140' } },
  },
  {
    alert: 'IdempotencyStoreAway',
    at: '10m',
    fires: { when: 'claims fail', series: { [claims('unavailable')]: '0+1x20' } },
    labels: { severity: 'ticket', service: 'gateway' },
    silent: { when: 'they failed before', series: { [claims('unavailable')]: '50x20' } },
  },
  {
    alert: 'CriticalRequestsShed',
    at: '10m',
    fires: { when: 'orders are refused', series: { [requests('critical', 'waited')]: '0+1x20' } },
    labels: { severity: 'page', service: 'catalog' },
    silent: {
      when: 'reads are refused, not orders',
      series: { [requests('normal', 'waited')]: '0+9x20', [requests('critical', 'admitted')]: '0+1x20' },
    },
  },
  {
    alert: 'TargetDown',
    at: '10m',
    fires: {
      when: 'a scrape fails for over a minute',
      series: { 'up{job="film-store", service="catalog", instance="a"}': '1x7 0x9' },
    },
    labels: { severity: 'ticket', job: 'film-store', service: 'catalog', instance: 'a' },
    silent: {
      when: 'a restart cost one scrape',
      series: { 'up{job="film-store", service="catalog", instance="a"}': '1x8 0 1x9' },
    },
  },
  {
    alert: 'BreakerOpen',
    at: '10m',
    fires: {
      when: 'it is open or probes',
      series: { [breaker('open')]: '1 1 1 0 1 1 0 1 1 0 1', [breaker('half-open')]: '0 0 0 1 0 0 1 0 0 1 0' },
    },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', upstream: 'catalog' },
    silent: {
      when: 'it closes in between',
      series: { [breaker('open')]: '1 1 1 0 1 1 0 1 1 0 1', [breaker('closed')]: '0 0 0 1 0 0 1 0 0 1 0' },
    },
  },
  {
    alert: 'BreakerHeldByHand',
    at: '1h',
    fires: { when: 'it is forgotten', series: { [breaker('manual-open')]: '0x20 1x50' } },
    labels: {
      severity: 'ticket',
      service: 'gateway',
      instance: 'a',
      upstream: 'catalog',
      state: 'manual-open',
    },
    silent: { when: 'somebody works on it', series: { [breaker('manual-open')]: '0x40 1x30' } },
  },
  {
    alert: 'RetryBudgetEmpty',
    at: '15m',
    fires: {
      when: 'retries are not paid for',
      series: {
        'upstream_retries_total{service="gateway", upstream="catalog", outcome="budget-empty"}': '0+3x20',
      },
    },
    labels: { severity: 'ticket', service: 'gateway', upstream: 'catalog' },
    silent: {
      when: 'they are paid for',
      series: {
        'upstream_retries_total{service="gateway", upstream="catalog", outcome="retried"}': '0+3x20',
      },
    },
  },
  {
    alert: 'BulkheadFull',
    at: '10m',
    fires: {
      when: 'calls find no place',
      series: {
        'upstream_rejections_total{service="gateway", upstream="catalog", reason="bulkhead-full"}': '0+3x20',
      },
    },
    labels: { severity: 'ticket', service: 'gateway', upstream: 'catalog' },
    silent: {
      when: 'they find an open breaker',
      series: {
        'upstream_rejections_total{service="gateway", upstream="catalog", reason="breaker-open"}': '0+3x20',
      },
    },
  },
  {
    alert: 'RequestsShed',
    at: '15m',
    fires: {
      when: 'a tenth is refused',
      series: { [requests('normal', 'waited')]: '0+10x20', [requests('normal', 'admitted')]: '0+90x20' },
    },
    labels: { severity: 'ticket', service: 'catalog' },
    silent: {
      when: 'it is one in twenty-five',
      series: { [requests('normal', 'waited')]: '0+4x20', [requests('normal', 'admitted')]: '0+96x20' },
    },
  },
  {
    alert: 'EventLoopBlocked',
    at: '10m',
    fires: {
      when: 'it is late for minutes',
      series: { 'nodejs_eventloop_delay_p99_seconds{service="gateway", instance="a"}': '0.12x20' },
    },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a' },
    silent: {
      when: 'it was late once',
      series: { 'nodejs_eventloop_delay_p99_seconds{service="gateway", instance="a"}': '0.02x8 0.4 0.02x9' },
    },
  },
  {
    alert: 'FeedLag',
    at: '10m',
    fires: { when: 'orders are not read', series: { [age('feed')]: '1x5 60+60x9' } },
    labels: { severity: 'ticket', service: 'recommendations', instance: 'a', data: 'feed' },
    silent: {
      when: 'films wait for their next turn',
      series: { [age('feed')]: '1x20', [age('films')]: '0+60x5 0+60x5 0+60x5' },
    },
  },
];

export const ruleCases: readonly RuleCase[] = pairs.flatMap(({ fires, silent, every = '1m', ...pair }) => [
  { ...pair, every, ...fires, fires: true },
  { ...pair, every, ...silent, fires: false },
]);
