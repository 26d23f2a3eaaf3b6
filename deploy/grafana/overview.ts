import type { Dashboard } from './dashboard.ts';

const api = 'service="gateway", http_route=~"/api/.*"';
const requests = 'http_server_request_duration_seconds';
const percentile = (share: number, name: string) => ({
  expr: `histogram_quantile(${share}, sum by (le) (rate(${requests}_bucket{${api}}[$__rate_interval])))`,
  legend: name,
});

/** What users of the store see. */
export const overview: Dashboard = {
  uid: 'film-store-overview',
  title: 'Film store: overview',
  variables: [],
  panels: [
    {
      title: 'Budget left',
      description:
        'Of what may go wrong in 30 days, by objective; deploy/prometheus/rules/slo.yml says what they are.',
      unit: 'percentunit',
      type: 'stat',
      width: 12,
      queries: [{ expr: 'slo:budget_left:30d', legend: '{{slo}}' }],
    },
    {
      title: 'Burn rate',
      description:
        'How many times faster than allowed the budgets were used in the last hour; 14.4 wakes somebody.',
      unit: 'short',
      width: 12,
      queries: [{ expr: 'slo:burn_rate:1h', legend: '{{slo}}' }],
    },
    {
      title: 'Requests',
      description: 'Requests to the public API, by route.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (http_request_method, http_route) (rate(${requests}_count{${api}}[$__rate_interval]))`,
          legend: '{{http_request_method}} {{http_route}}',
        },
      ],
    },
    {
      title: 'Errors',
      description:
        'Answers of 4xx and 5xx, by status. 502, 503 and 504 are an upstream’s or want of capacity.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (http_response_status_code) (rate(${requests}_count{service="gateway", http_response_status_code=~"[45].."}[$__rate_interval]))`,
          legend: '{{http_response_status_code}}',
        },
      ],
    },
    {
      title: 'Duration',
      description:
        'From the head of a request to the end of its answer. Half a second is the objective of reads.',
      unit: 's',
      queries: [percentile(0.5, 'p50'), percentile(0.95, 'p95'), percentile(0.99, 'p99')],
    },
    {
      title: 'Degraded share',
      description: 'Share of the answers in which a feature was replaced, old or missing, and why.',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (feature, reason, source) (rate(degraded_responses_total{service="gateway"}[$__rate_interval])) / scalar(sum(rate(${requests}_count{${api}, http_response_status_code="200"}[$__rate_interval])))`,
          legend: '{{feature}}: {{source}}, {{reason}}',
        },
      ],
    },
    {
      title: 'Orders',
      description:
        '201 was placed, 409 and 422 were refused; of 500, 502 and 504 nobody was told what became of them.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (http_response_status_code) (rate(${requests}_count{service="gateway", http_route="/api/orders", http_request_method="POST", http_response_status_code!=""}[$__rate_interval]))`,
          legend: '{{http_response_status_code}}',
        },
        {
          expr: `sum(rate(${requests}_count{service="gateway", http_route="/api/orders", http_request_method="POST", error_type="connection-closed"}[$__rate_interval]))`,
          legend: 'client left',
        },
      ],
    },
    {
      title: 'Alerts',
      description: 'What fires. Every alert has a page in deploy/runbooks.',
      unit: 'short',
      queries: [
        {
          expr: 'count by (alertname, severity) (ALERTS{alertstate="firing"})',
          legend: '{{alertname}}, {{severity}}',
        },
      ],
    },
    {
      title: 'Instances',
      description: 'Instances that answer Prometheus, by service.',
      unit: 'short',
      queries: [{ expr: 'sum by (service) (up{job="film-store"})', legend: '{{service}}' }],
    },
    {
      title: 'Age of data',
      description:
        'How long ago recommendations last read catalog’s orders (every second) and films (every 5 minutes).',
      unit: 's',
      queries: [{ expr: 'max by (data) (catalog_data_age_seconds)', legend: '{{data}}' }],
    },
  ],
};
