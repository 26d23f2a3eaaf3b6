import { type Dashboard, JOB } from './dashboard.ts';

const service = `${JOB}, service=~"$service"`;
const chosen = `${service}, upstream=~"$upstream"`;
const breaker = (state: string): string => `upstream_breaker_state{${chosen}, state="${state}"}`;

/** The state of every policy, outermost first. */
export const resilience: Dashboard = {
  name: 'resilience',
  variables: [
    { name: 'service', series: `up{${JOB}}` },
    { name: 'upstream', series: `upstream_breaker_state{${service}}` },
  ],
  panels: [
    {
      title: 'Breakers',
      description:
        'State of every breaker. Half-open admits one probe, recovering admits a growing fraction of the calls.',
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
      description: 'Changes of state. Many changes mean that the breaker flaps.',
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
      description: 'Attempts to upstreams, databases and Redis by outcome, including retries and hedges.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, upstream, outcome) (rate(upstream_attempt_duration_seconds_count{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{outcome}}',
        },
      ],
    },
    {
      title: 'Attempts and their timeout',
      description:
        'The adaptive timeout is twice the 99th percentile. Where both lines meet, attempts time out although the upstream works.',
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
      title: 'Calls rejected locally',
      description: 'Calls that were rejected without an attempt, by reason.',
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
        'The limit, calls in flight, calls that wait for a slot, and abandoned calls: their callers have stopped waiting.',
      unit: 'short',
      queries: ['limit', 'in_flight', 'queued', 'abandoned'].map((what) => ({
        expr: `sum by (service, upstream) (upstream_bulkhead_${what}{${chosen}})`,
        legend: `{{service}} → {{upstream}}: ${what.replace('_', ' ')}`,
      })),
    },
    {
      title: 'Retry budget',
      description: 'Extra attempts that the budget allows now. At 0 there are neither retries nor hedges.',
      unit: 'short',
      queries: [
        {
          expr: `min by (service, upstream) (upstream_retry_budget{${chosen}})`,
          legend: '{{service}} → {{upstream}}',
        },
      ],
    },
    {
      title: 'Retries',
      description: 'Failed attempts by what followed: a retry, or the reason for none.',
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
      description: 'Second attempts of slow reads: sent, successful, or rejected by the retry budget.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, upstream, outcome) (rate(upstream_hedges_total{${chosen}}[$__rate_interval]))`,
          legend: '{{service}} → {{upstream}}: {{outcome}}',
        },
      ],
    },
    {
      title: 'Concurrency limit',
      description:
        'The limit on requests in flight, the requests in flight, and the requests in the queue. The limit follows the latency.',
      unit: 'short',
      queries: ['limit', 'in_flight', 'queued'].map((what) => ({
        expr: `sum by (service) (load_shedding_${what}{${service}})`,
        legend: `{{service}}: ${what.replace('_', ' ')}`,
      })),
    },
    {
      title: 'Load shedding decisions',
      description:
        'Admitted requests, and shed requests by reason: timed out in the queue, evicted by newer requests, deadline unreachable, event loop delay.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, priority, decision) (rate(load_shedding_requests_total{${service}}[$__rate_interval]))`,
          legend: '{{service}}: {{priority}}, {{decision}}',
        },
      ],
    },
    {
      title: 'Shed requests by priority',
      description:
        'Fraction of the requests that were shed. Sheddable requests are shed first, critical ones (orders) last.',
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
        'Results of the store. claimed: a new request. completed: a replay. unavailable: the store failed.',
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
