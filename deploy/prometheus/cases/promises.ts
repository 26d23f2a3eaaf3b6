import type { Pair } from './pair.ts';

const http = (what: string, labels: string): string =>
  `http_server_request_duration_seconds_${what}{service="gateway", ${labels}}`;
const page = (status: number): string =>
  http(
    'count',
    `http_route="/api/products/:id", http_request_method="GET", http_response_status_code="${status}"`,
  );
const within500Ms = http('bucket', `http_route="/api/products/:id", http_request_method="GET", le="0.5"`);
const clientDeadlines =
  'http_server_client_deadline_exceeded_total{service="gateway", http_route="/api/products/:id", http_request_method="GET"}';
const disconnected = (suffix: string, labels = ''): string =>
  http(
    suffix,
    `http_route="/api/products/:id", http_request_method="GET", error_type="connection-closed"${labels}`,
  );
const disconnectedWithin500Ms = disconnected('bucket', ', le="0.5"');
const degraded = (source: string, reason: string): string =>
  `degraded_responses_total{service="gateway", source="${source}", reason="${reason}"}`;
const age = (data: string): string =>
  `catalog_data_age_seconds{service="recommendations", instance="a", data="${data}"}`;

/** Cases of the group `promises` in alerts.yml. */
export const promises: readonly Pair[] = [
  {
    alert: 'AvailabilityBudgetBurn',
    at: '7h',
    every: '4m',
    fires: {
      when: '2 % of the requests fail for an hour, after hours without failures',
      series: { [page(200)]: '0+100x360 36098+98x60', [page(503)]: '0x360 2+2x60' },
    },
    labels: { severity: 'page', slo: 'availability' },
    silent: {
      when: '0.5 % of the requests fail',
      series: { [page(200)]: '0+995x430', [page(503)]: '0+5x430' },
    },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '7h',
    every: '4m',
    fires: {
      when: '2 % of the requests fail, besides those to which clients gave too little time',
      series: { [page(200)]: '0+88x420', [page(504)]: '0+12x420', [clientDeadlines]: '0+10x420' },
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
      when: '0.2 % of the requests fail for hours',
      series: { [page(200)]: '0+998x560', [page(503)]: '0+2x560' },
    },
    labels: { severity: 'ticket', slo: 'availability' },
    silent: {
      when: 'the failures have ended',
      series: { [page(200)]: '0+1000x560', [page(503)]: '0+3x120 360x440' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '6h',
    every: '4m',
    fires: {
      when: '7 % of the requests are slow for hours',
      series: { [page(200)]: '0+100x400', [within500Ms]: '0+93x400' },
    },
    labels: { severity: 'page', slo: 'latency' },
    silent: {
      when: 'the requests are fast again',
      series: { [page(200)]: '0+100x400', [within500Ms]: '0+93x320 29860+100x80' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '3h',
    every: '4m',
    fires: {
      when: '4 % of the requests are slow for longer',
      series: { [page(200)]: '0+100x200', [within500Ms]: '0+96x200' },
    },
    labels: { severity: 'ticket', slo: 'latency' },
    silent: {
      when: '0.5 % of the requests are slow',
      series: { [page(200)]: '0+200x200', [within500Ms]: '0+199x200' },
    },
  },
  {
    alert: 'AvailabilityBudgetBurn',
    at: '9h',
    every: '4m',
    fires: {
      when: '0.2 % of the responses fail for hours, while half of the clients disconnect',
      series: { [page(200)]: '0+998x560', [page(503)]: '0+2x560', [disconnected('count')]: '0+1000x560' },
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
      when: '7 % of the clients disconnect after 500 ms',
      series: {
        [page(200)]: '0+93x400',
        [within500Ms]: '0+93x400',
        [disconnected('count')]: '0+7x400',
        [disconnectedWithin500Ms]: '0x400',
      },
    },
    labels: { severity: 'page', slo: 'latency' },
    silent: {
      when: 'half of the clients disconnect at once',
      series: {
        [page(200)]: '0+100x400',
        [within500Ms]: '0+100x400',
        [disconnected('count')]: '0+100x400',
        [disconnectedWithin500Ms]: '0+100x400',
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
        [within500Ms]: '0+96x200',
        [disconnected('count')]: '0+100x200',
        [disconnectedWithin500Ms]: '0+100x200',
      },
    },
    labels: { severity: 'ticket', slo: 'latency' },
    silent: {
      when: 'no request is slow, and no client disconnects late',
      series: {
        [page(200)]: '0+100x200',
        [within500Ms]: '0+100x200',
        [disconnected('count')]: '0+100x200',
        [disconnectedWithin500Ms]: '0+100x200',
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
  {
    alert: 'FreshnessBudgetBurn',
    at: '1h',
    fires: {
      when: 'orders are read too late',
      series: { [age('feed')]: '1x40 61x30', [age('films')]: '60x70' },
    },
    labels: { severity: 'ticket', slo: 'recommendations-freshness' },
    silent: {
      when: 'films have the greatest age allowed',
      series: { [age('feed')]: '60x70', [age('films')]: '900x70' },
    },
  },
];
