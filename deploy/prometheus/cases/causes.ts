import type { Pair } from './pair.ts';

const breaker = (state: string): string =>
  `upstream_breaker_state{service="gateway", instance="a", upstream="catalog", state="${state}"}`;
const requests = (priority: string, decision: string): string =>
  `load_shedding_requests_total{service="catalog", priority="${priority}", decision="${decision}"}`;
const spans = (outcome: string): string =>
  `telemetry_spans_total{service="gateway", instance="a", outcome="${outcome}"}`;

/** Cases of the group `causes` in alerts.yml. */
export const causes: readonly Pair[] = [
  {
    alert: 'TargetDown',
    at: '10m',
    fires: {
      when: 'scrapes fail for more than a minute',
      series: { 'up{job="film-store", service="catalog", instance="a"}': '1x7 0x9' },
    },
    labels: { severity: 'ticket', job: 'film-store', service: 'catalog', instance: 'a' },
    silent: {
      when: 'one scrape fails during a restart',
      series: { 'up{job="film-store", service="catalog", instance="a"}': '1x8 0 1x9' },
    },
  },
  {
    alert: 'BreakerOpen',
    at: '10m',
    fires: {
      when: 'the breaker is open or half-open',
      series: { [breaker('open')]: '1 1 1 0 1 1 0 1 1 0 1', [breaker('half-open')]: '0 0 0 1 0 0 1 0 0 1 0' },
    },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', upstream: 'catalog' },
    silent: {
      when: 'the breaker closes in between',
      series: { [breaker('open')]: '1 1 1 0 1 1 0 1 1 0 1', [breaker('closed')]: '0 0 0 1 0 0 1 0 0 1 0' },
    },
  },
  {
    alert: 'BreakerOpen',
    at: '10m',
    fires: {
      when: 'the recovery fails repeatedly',
      series: {
        [breaker('open')]: '1 1 0 1 1 0 1 1 0 1 1',
        [breaker('recovering')]: '0 0 1 0 0 1 0 0 1 0 0',
      },
    },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', upstream: 'catalog' },
    silent: {
      when: 'the recovery succeeds',
      series: {
        [breaker('open')]: '1x5 0x9',
        [breaker('recovering')]: '0x5 1 0x8',
        [breaker('closed')]: '0x6 1x8',
      },
    },
  },
  {
    alert: 'BreakerManualOverride',
    at: '1h',
    fires: { when: 'an operator leaves a breaker isolated', series: { [breaker('isolated')]: '0x20 1x50' } },
    labels: {
      severity: 'ticket',
      service: 'gateway',
      instance: 'a',
      upstream: 'catalog',
      state: 'isolated',
    },
    silent: {
      when: 'an operator isolates a breaker for less than 30 minutes',
      series: { [breaker('isolated')]: '0x40 1x30' },
    },
  },
  {
    alert: 'RetryBudgetEmpty',
    at: '15m',
    fires: {
      when: 'the budget allows no retries',
      series: {
        'upstream_retries_total{service="gateway", upstream="catalog", outcome="budget-empty"}': '0+3x20',
      },
    },
    labels: { severity: 'ticket', service: 'gateway', upstream: 'catalog' },
    silent: {
      when: 'the budget allows all retries',
      series: {
        'upstream_retries_total{service="gateway", upstream="catalog", outcome="retried"}': '0+3x20',
      },
    },
  },
  {
    alert: 'BulkheadFull',
    at: '10m',
    fires: {
      when: 'the bulkhead rejects calls',
      series: {
        'upstream_rejections_total{service="gateway", upstream="catalog", reason="bulkhead-full"}': '0+3x20',
      },
    },
    labels: { severity: 'ticket', service: 'gateway', upstream: 'catalog' },
    silent: {
      when: 'an open breaker rejects calls',
      series: {
        'upstream_rejections_total{service="gateway", upstream="catalog", reason="breaker-open"}': '0+3x20',
      },
    },
  },
  {
    alert: 'RequestsShed',
    at: '15m',
    fires: {
      when: '10 % of the requests are shed',
      series: { [requests('normal', 'timed-out')]: '0+10x20', [requests('normal', 'admitted')]: '0+90x20' },
    },
    labels: { severity: 'ticket', service: 'catalog' },
    silent: {
      when: '4 % of the requests are shed',
      series: { [requests('normal', 'timed-out')]: '0+4x20', [requests('normal', 'admitted')]: '0+96x20' },
    },
  },
  {
    alert: 'EventLoopBlocked',
    at: '10m',
    fires: {
      when: 'the event loop is late for minutes',
      series: { 'nodejs_eventloop_delay_p99_seconds{service="gateway", instance="a"}': '0.12x20' },
    },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a' },
    silent: {
      when: 'the event loop was late once',
      series: { 'nodejs_eventloop_delay_p99_seconds{service="gateway", instance="a"}': '0.02x8 0.4 0.02x9' },
    },
  },
  {
    alert: 'SpansLost',
    at: '13m',
    fires: { when: 'the receiver accepts no spans', series: { [spans('not-taken')]: '0+50x30' } },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', outcome: 'not-taken' },
    silent: {
      when: 'the receiver was unreachable for four minutes',
      series: { [spans('not-taken')]: '0x5 0+50x4 200x20', [spans('taken')]: '0+50x30' },
    },
  },
];
