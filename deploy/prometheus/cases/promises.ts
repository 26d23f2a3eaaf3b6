import type { Pair } from './pair.ts';

const http = (what: string, labels: string): string =>
  `http_server_request_duration_seconds_${what}{service="gateway", ${labels}}`;
const page = (status: number): string =>
  http(
    'count',
    `http_route="/api/products/:id", http_request_method="GET", http_response_status_code="${status}"`,
  );
const inHalfASecond = http('bucket', `http_route="/api/products/:id", http_request_method="GET", le="0.5"`);
const hurried =
  'http_server_client_deadline_exceeded_total{service="gateway", http_route="/api/products/:id", http_request_method="GET"}';
const left = (what: string, labels = ''): string =>
  http(
    what,
    `http_route="/api/products/:id", http_request_method="GET", error_type="connection-closed"${labels}`,
  );
const leftInHalfASecond = left('bucket', ', le="0.5"');
const degraded = (source: string, reason: string): string =>
  `degraded_responses_total{service="gateway", source="${source}", reason="${reason}"}`;
const age = (data: string): string =>
  `catalog_data_age_seconds{service="recommendations", instance="a", data="${data}"}`;

/** Of the group `promises` in alerts.yml. */
export const promises: readonly Pair[] = [
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
    at: '7h',
    every: '4m',
    fires: {
      when: 'two in a hundred fail besides those to whom clients gave too little time',
      series: { [page(200)]: '0+88x420', [page(504)]: '0+12x420', [hurried]: '0+10x420' },
    },
    labels: { severity: 'page', slo: 'availability' },
    silent: {
      when: 'clients give too little time to one in ten',
      series: { [page(200)]: '0+90x430', [page(504)]: '0+10x430', [hurried]: '0+10x430' },
    },
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
    alert: 'AvailabilityBudgetBurn',
    at: '9h',
    every: '4m',
    fires: {
      when: 'two in a thousand responses fail for hours, while as many clients leave as stay',
      series: { [page(200)]: '0+998x560', [page(503)]: '0+2x560', [left('count')]: '0+1000x560' },
    },
    labels: { severity: 'ticket', slo: 'availability' },
    silent: {
      when: 'half of the clients leave',
      series: { [page(200)]: '0+1000x560', [left('count')]: '0+1000x560' },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '6h',
    every: '4m',
    fires: {
      when: 'seven in a hundred clients leave after half a second',
      series: {
        [page(200)]: '0+93x400',
        [inHalfASecond]: '0+93x400',
        [left('count')]: '0+7x400',
        [leftInHalfASecond]: '0x400',
      },
    },
    labels: { severity: 'page', slo: 'latency' },
    silent: {
      when: 'half of the clients leave at once',
      series: {
        [page(200)]: '0+100x400',
        [inHalfASecond]: '0+100x400',
        [left('count')]: '0+100x400',
        [leftInHalfASecond]: '0+100x400',
      },
    },
  },
  {
    alert: 'LatencyBudgetBurn',
    at: '3h',
    every: '4m',
    fires: {
      when: 'four in a hundred are slow for longer, while as many clients leave at once as stay',
      series: {
        [page(200)]: '0+100x200',
        [inHalfASecond]: '0+96x200',
        [left('count')]: '0+100x200',
        [leftInHalfASecond]: '0+100x200',
      },
    },
    labels: { severity: 'ticket', slo: 'latency' },
    silent: {
      when: 'none is slow, and none leaves late',
      series: {
        [page(200)]: '0+100x200',
        [inHalfASecond]: '0+100x200',
        [left('count')]: '0+100x200',
        [leftInHalfASecond]: '0+100x200',
      },
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
];
