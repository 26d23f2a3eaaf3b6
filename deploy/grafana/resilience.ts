import type { Dashboard } from './dashboard.ts';

const chosen = 'service=~"$service", upstream=~"$upstream"';
const service = 'service=~"$service"';
const breaker = (state: string): string => `upstream_breaker_state{${chosen}, state="${state}"}`;

/** The state of every policy, from the outside in. */
export const resilience: Dashboard = {
  uid: 'film-store-resilience',
  title: 'Film store: resilience',
  variables: [
    { name: 'service', series: 'up{job="film-store"}' },
    { name: 'upstream', series: 'upstream_breaker_state{service=~"$service"}' },
  ],
  panels: [
    {
      title: 'Breakers',
      description:
        'What state every breaker is in. Half-open lets one probe through, recovering a growing share.',
      unit: 'short',
      type: 'state-timeline',
      width: 16,
      names: ['closed', 'recovering', 'half-open', 'open', 'isolated', 'forced-closed'],
      queries: [
        {
          expr: `sum by (service, instance, upstream) (${breaker('recovering')} or 2 * ${breaker('half-open')} or 3 * ${breaker('open')} or 4 * ${breaker('isolated')} or 5 * ${breaker('forced-closed')})`,
          legend: '{{service}} {{instance}} → {{upstream}}',
        },
      ],
    },
    {
      title: 'Breaker transitions',
      description: 'Changes of state; many of them are a breaker that flaps.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (service, upstream, to) (increase(upstream_breaker_transitions_total{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{to}}',
        },
      ],
    },
    {
      title: 'Attempts',
      description: 'What reaches upstreams and dependencies, retries and hedges too, by how it ended.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, upstream, outcome) (rate(upstream_attempt_duration_seconds_count{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{outcome}}',
        },
      ],
    },
    {
      title: 'Attempts against their timeout',
      description:
        'The adaptive timeout follows twice the 99th percentile. Where they meet, it cuts off good answers.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (service, upstream, le) (rate(upstream_attempt_duration_seconds_bucket{${chosen}}[$__rate_interval])))`,
          legend: '{{service}} → {{upstream}}: p99',
        },
        {
          expr: `max by (service, upstream) (upstream_timeout_seconds{${chosen}})`,
          legend: '{{service}} → {{upstream}}: timeout',
        },
      ],
    },
    {
      title: 'Refused here',
      description: 'Calls that were refused without asking the upstream.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, upstream, reason) (rate(upstream_rejections_total{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{reason}}',
        },
      ],
    },
    {
      title: 'Bulkheads',
      description:
        'Calls under way, waiting for a place, and under way although nobody waits for them (abandoned).',
      unit: 'short',
      queries: ['in_flight', 'queued', 'abandoned'].map((what) => ({
        expr: `sum by (service, upstream) (upstream_bulkhead_${what}{${chosen}})`,
        legend: `{{service}} → {{upstream}}: ${what.replace('_', ' ')}`,
      })),
    },
    {
      title: 'Retry budget',
      description: 'Extra attempts that could be paid for now; at 0 there are neither retries nor hedges.',
      unit: 'short',
      queries: [
        {
          expr: `min by (service, upstream) (upstream_retry_budget{${chosen}})`,
          legend: '{{service}} → {{upstream}}',
        },
      ],
    },
    {
      title: 'Failed attempts',
      description: 'By what came of them: another one, or why there was none.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, upstream, outcome) (rate(upstream_retries_total{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{outcome}}',
        },
      ],
    },
    {
      title: 'Hedges',
      description: 'Second attempts at slow reads: made, won, or not paid for.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, upstream, outcome) (rate(upstream_hedges_total{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{outcome}}',
        },
      ],
    },
    {
      title: 'Inbound limit',
      description: 'How many requests may be in flight, are, and wait. The limit follows latency.',
      unit: 'short',
      queries: ['limit', 'in_flight', 'queued'].map((what) => ({
        expr: `sum by (service) (load_shedding_${what}{${service}})`,
        legend: `{{service}}: ${what.replace('_', ' ')}`,
      })),
    },
    {
      title: 'Inbound decisions',
      description:
        'Admitted, or the reason why not: timed out in the queue, evicted by newer requests, deadline unreachable, event loop late.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, priority, decision) (rate(load_shedding_requests_total{${service}}[$__rate_interval]))`,
          legend: '{{service}}: {{priority}}, {{decision}}',
        },
      ],
    },
    {
      title: 'Shed, by priority',
      description:
        'Share of the requests that were refused. Sheddable ones go first, critical ones (orders) last.',
      unit: 'percentunit',
      queries: [
        {
          expr: `1 - sum by (service, priority) (rate(load_shedding_requests_total{${service}, decision="admitted"}[$__rate_interval])) / sum by (service, priority) (rate(load_shedding_requests_total{${service}}[$__rate_interval]))`,
          legend: '{{service}}: {{priority}}',
        },
      ],
    },
    {
      title: 'Idempotency keys',
      description:
        'What the store said: claimed is new, completed a replay, unavailable a store that is away.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, outcome) (rate(idempotency_claims_total{${service}}[$__rate_interval]))`,
          legend: '{{outcome}}',
        },
      ],
    },
  ],
};
