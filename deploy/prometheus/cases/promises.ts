import { publicService } from '../../platform/derived.ts';
import { toErrorBudget } from '../../platform/objectives.ts';
import { platform } from '../../../platform.config.ts';
import type { Pair } from './pair.ts';

const { objectives } = publicService(platform);
const limit = `${objectives.latencyMs} ms`;
/** Requests a minute. */
const TOTAL = 1_000_000;
/** Returns failures a minute that use the error budget so many times faster than allowed. */
const failures = (burnRate: number): number =>
  Math.round(TOTAL * burnRate * toErrorBudget(objectives.availability));

const http = (what: string, labels: string): string =>
  `http_server_request_duration_seconds_${what}{service="gateway", ${labels}}`;
const page = (status: number): string =>
  http(
    'count',
    `http_route="/api/products/:id", http_request_method="GET", http_response_status_code="${status}"`,
  );
const inTime = http(
  'bucket',
  `http_route="/api/products/:id", http_request_method="GET", le="${objectives.latencyMs / 1000}"`,
);
const clientDeadlines =
  'http_server_client_deadline_exceeded_total{service="gateway", http_route="/api/products/:id", http_request_method="GET"}';
const disconnected = (suffix: string, labels = ''): string =>
  http(
    suffix,
    `http_route="/api/products/:id", http_request_method="GET", error_type="connection-closed"${labels}`,
  );
const disconnectedInTime = disconnected('bucket', `, le="${objectives.latencyMs / 1000}"`);
const degraded = (source: string, reason: string): string =>
  `degraded_responses_total{service="gateway", source="${source}", reason="${reason}"}`;

const inOtherJob = (series: string): string => series.replace('{', '{job="other", ');

/** Cases of the group `promises` in alerts.yml. */
export const promises: readonly Pair[] = [
  {
    alert: 'AvailabilityBudgetBurn',
    at: '7h',
    every: '4m',
    fires: {
      when: 'failures use the budget too fast, and another installation at the same Prometheus has none',
      series: {
        [page(503)]: `0+${failures(20)}x420`,
        [page(200)]: `0+${TOTAL - failures(20)}x420`,
        [inOtherJob(page(200))]: `0+${TOTAL * 100}x420`,
      },
    },
    labels: { severity: 'page', slo: 'availability' },
    silent: {
      when: 'requests to another installation at the same Prometheus fail',
      series: { [page(200)]: `0+${TOTAL}x420`, [inOtherJob(page(503))]: `0+${TOTAL}x420` },
    },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '7h',
    every: '4m',
    fires: {
      when: 'failures use the budget 20 times too fast for an hour, after hours without failures',
      series: {
        [page(200)]: `0+${TOTAL}x360 ${361 * TOTAL - failures(20)}+${TOTAL - failures(20)}x60`,
        [page(503)]: `0x360 ${failures(20)}+${failures(20)}x60`,
      },
    },
    labels: { severity: 'page', slo: 'availability' },
    silent: {
      when: 'failures use the budget 5 times too fast',
      series: { [page(200)]: `0+${TOTAL - failures(5)}x430`, [page(503)]: `0+${failures(5)}x430` },
    },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '7h',
    every: '4m',
    fires: {
      when: 'failures use the budget too fast, besides those to which clients gave too little time',
      series: {
        [page(200)]: `0+${TOTAL - failures(20)}x420`,
        [page(504)]: `0+${failures(20) + TOTAL / 10}x420`,
        [clientDeadlines]: `0+${TOTAL / 10}x420`,
      },
    },
    labels: { severity: 'page', slo: 'availability' },
    silent: {
      when: 'clients give too little time to 10 % of the requests',
      series: { [page(200)]: '0+90x430', [page(504)]: '0+10x430', [clientDeadlines]: '0+10x430' },
    },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '9h',
    every: '4m',
    fires: {
      when: 'failures use the budget twice too fast for hours',
      series: { [page(200)]: `0+${TOTAL - failures(2)}x560`, [page(503)]: `0+${failures(2)}x560` },
    },
    labels: { severity: 'ticket', slo: 'availability' },
    silent: {
      when: 'the failures have ended',
      series: {
        [page(200)]: `0+${TOTAL}x560`,
        [page(503)]: `0+${failures(3)}x120 ${120 * failures(3)}x440`,
      },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '6h',
    every: '4m',
    fires: {
      when: '7 % of the requests are slow for hours',
      series: { [page(200)]: '0+100x400', [inTime]: '0+93x400' },
    },
    labels: { severity: 'page', slo: 'latency' },
    silent: {
      when: 'the requests are fast again',
      series: { [page(200)]: '0+100x400', [inTime]: '0+93x320 29860+100x80' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '3h',
    every: '4m',
    fires: {
      when: '4 % of the requests are slow for longer',
      series: { [page(200)]: '0+100x200', [inTime]: '0+96x200' },
    },
    labels: { severity: 'ticket', slo: 'latency' },
    silent: {
      when: '0.5 % of the requests are slow',
      series: { [page(200)]: '0+200x200', [inTime]: '0+199x200' },
    },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '9h',
    every: '4m',
    fires: {
      when: 'failures use the budget twice too fast for hours, while half of the clients disconnect',
      series: {
        [page(200)]: `0+${TOTAL - failures(2)}x560`,
        [page(503)]: `0+${failures(2)}x560`,
        [disconnected('count')]: `0+${TOTAL}x560`,
      },
    },
    labels: { severity: 'ticket', slo: 'availability' },
    silent: {
      when: 'half of the clients disconnect',
      series: { [page(200)]: '0+1000x560', [disconnected('count')]: '0+1000x560' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '6h',
    every: '4m',
    fires: {
      when: `7 % of the clients disconnect after ${limit}`,
      series: {
        [page(200)]: '0+93x400',
        [inTime]: '0+93x400',
        [disconnected('count')]: '0+7x400',
        [disconnectedInTime]: '0x400',
      },
    },
    labels: { severity: 'page', slo: 'latency' },
    silent: {
      when: 'half of the clients disconnect at once',
      series: {
        [page(200)]: '0+100x400',
        [inTime]: '0+100x400',
        [disconnected('count')]: '0+100x400',
        [disconnectedInTime]: '0+100x400',
      },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '3h',
    every: '4m',
    fires: {
      when: '4 % of the requests are slow for longer, while half of the clients disconnect at once',
      series: {
        [page(200)]: '0+100x200',
        [inTime]: '0+96x200',
        [disconnected('count')]: '0+100x200',
        [disconnectedInTime]: '0+100x200',
      },
    },
    labels: { severity: 'ticket', slo: 'latency' },
    silent: {
      when: 'no request is slow, and no client disconnects late',
      series: {
        [page(200)]: '0+100x200',
        [inTime]: '0+100x200',
        [disconnected('count')]: '0+100x200',
        [disconnectedInTime]: '0+100x200',
      },
    },
  },
  {
    alert: 'DegradationBudgetBurn',
    at: '1h',
    fires: {
      when: '20 % of the responses are degraded',
      series: { [page(200)]: '0+100x70', [degraded('popular', 'breaker-open')]: '0+20x70' },
    },
    labels: { severity: 'ticket', slo: 'degradation' },
    silent: {
      when: 'operators disabled the feature',
      series: { [page(200)]: '0+100x70', [degraded('popular', 'flag-off')]: '0+20x70' },
    },
  },
  {
    alert: 'FreshnessBudgetBurn',
    at: '1h',
    fires: {
      when: 'pages come from the last-known-good cache',
      series: { [page(200)]: '0+100x70', [degraded('last-known-good', 'unreachable')]: '0+50x70' },
    },
    labels: { severity: 'ticket', slo: 'catalog-freshness' },
    silent: {
      when: 'another feature is degraded',
      series: { [page(200)]: '0+100x70', [degraded('popular', 'unreachable')]: '0+50x70' },
    },
  },
];
