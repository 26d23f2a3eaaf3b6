import type { Pair } from './pair.ts';

const order = (status: number): string =>
  `http_server_request_duration_seconds_count{service="gateway", http_route="/api/orders", http_request_method="POST", http_response_status_code="${status}"}`;
const clientDeadlines = `http_server_client_deadline_exceeded_total{service="gateway", http_route="/api/orders", http_request_method="POST"}`;
const claims = (outcome: string): string =>
  `idempotency_claims_total{service="gateway", instance="a", outcome="${outcome}"}`;
const requests = (priority: string, decision: string): string =>
  `load_shedding_requests_total{service="catalog", priority="${priority}", decision="${decision}"}`;

/** Cases of the group `orders` in alerts.yml. */
export const orders: readonly Pair[] = [
  {
    alert: 'OrderOutcomesUnknown',
    at: '10m',
    fires: {
      when: '10 % of the orders are 504s',
      series: { [order(201)]: '0+9x20', [order(504)]: '0+1x20' },
    },
    labels: { severity: 'page' },
    silent: {
      when: 'half of the orders are rejected',
      series: { [order(201)]: '0+5x20', [order(409)]: '0+5x20' },
    },
  },
  {
    alert: 'OrderOutcomesUnknown',
    at: '10m',
    fires: {
      when: '20 % of the orders are 504s, and clients gave too little time to half of these',
      series: { [order(201)]: '0+8x20', [order(504)]: '0+2x20', [clientDeadlines]: '0+1x20' },
    },
    labels: { severity: 'page' },
    silent: {
      when: 'clients give too little time to half of the orders',
      series: { [order(201)]: '0+5x20', [order(504)]: '0+5x20', [clientDeadlines]: '0+5x20' },
    },
  },
  {
    alert: 'IdempotencyKeyQuarantined',
    at: '30m',
    fires: {
      when: 'a gateway quarantines its first key',
      series: { [claims('quarantined')]: '_x20 1x20' },
    },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', outcome: 'quarantined' },
    silent: {
      when: 'keys of a new gateway are busy only',
      series: { [claims('busy')]: '0+9x40', [claims('quarantined')]: '_x20 0x20' },
    },
  },
  {
    alert: 'IdempotencyKeyQuarantined',
    at: '3h',
    fires: { when: 'a gateway quarantines one more key', series: { [claims('quarantined')]: '3x150 4x40' } },
    labels: { severity: 'ticket', service: 'gateway', instance: 'a', outcome: 'quarantined' },
    silent: {
      when: 'the last key was quarantined hours ago',
      series: { [claims('quarantined')]: '3x50 4x140' },
    },
  },
  {
    alert: 'IdempotencyStoreUnavailable',
    at: '10m',
    fires: { when: 'claims fail', series: { [claims('unavailable')]: '0+1x20' } },
    labels: { severity: 'ticket', service: 'gateway' },
    silent: { when: 'claims failed earlier', series: { [claims('unavailable')]: '50x20' } },
  },
  {
    alert: 'CriticalRequestsShed',
    at: '10m',
    fires: { when: 'orders are shed', series: { [requests('critical', 'timed-out')]: '0+1x20' } },
    labels: { severity: 'page', service: 'catalog' },
    silent: {
      when: 'reads are shed, but no orders',
      series: { [requests('normal', 'timed-out')]: '0+9x20', [requests('critical', 'admitted')]: '0+1x20' },
    },
  },
];
