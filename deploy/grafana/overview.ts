import { type Dashboard, JOB } from './dashboard.ts';
import { dataAge } from './recommendations.ts';

const gateway = `${JOB}, service="gateway"`;
const api = `${gateway}, http_route=~"/api/.*"`;
const requests = 'http_server_request_duration_seconds';
const percentile = (quantile: number, name: string) => ({
  expr: `histogram_quantile(${quantile}, sum by (le) (rate(${requests}_bucket{${api}}[$__rate_interval])))`,
  legend: name,
});

/** Requests, orders and objectives: the view of the users. */
export const overview: Dashboard = {
  name: 'overview',
  variables: [],
  panels: [
    {
      title: 'Error budget left',
      description:
        'Remaining error budget of 30 days, by objective. deploy/prometheus/rules has the objectives.',
      unit: 'percentunit',
      type: 'stat',
      width: 12,
      queries: [{ expr: `slo:budget_left:30d{${JOB}, service=""}`, legend: '{{slo}}' }],
    },
    {
      title: 'Burn rate',
      description:
        'How many times faster than allowed the error budgets were used in the last hour. 14.4 fires a page.',
      unit: 'short',
      width: 12,
      queries: [{ expr: `slo:burn_rate:1h{${JOB}, service=""}`, legend: '{{slo}}' }],
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
        '4xx and 5xx responses, by status. 502 and 504 come from a failing upstream, 503 from an overload or an open breaker.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (http_response_status_code) (rate(${requests}_count{${gateway}, http_response_status_code=~"[45].."}[$__rate_interval]))`,
          legend: '{{http_response_status_code}}',
        },
      ],
    },
    {
      title: 'Duration',
      description: 'From the head of a request to the end of its response.',
      unit: 's',
      queries: [percentile(0.5, 'p50'), percentile(0.95, 'p95'), percentile(0.99, 'p99')],
    },
    {
      title: 'Degraded responses',
      description:
        'Fraction of the responses in which a feature has a fallback or is missing, with the reason.',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (feature, reason, source) (rate(degraded_responses_total{${gateway}}[$__rate_interval])) / scalar(sum(rate(${requests}_count{${api}, http_response_status_code="200"}[$__rate_interval])))`,
          legend: '{{feature}}: {{source}}, {{reason}}',
        },
      ],
    },
    {
      title: 'Orders',
      description:
        '201: placed. 409 and 422: rejected. 500, 502 and 504: the client does not know the outcome.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (http_response_status_code) (rate(${requests}_count{${gateway}, http_route="/api/orders", http_request_method="POST", http_response_status_code!=""}[$__rate_interval]))`,
          legend: '{{http_response_status_code}}',
        },
        {
          expr: `sum(rate(${requests}_count{${gateway}, http_route="/api/orders", http_request_method="POST", error_type="connection-closed"}[$__rate_interval]))`,
          legend: 'client disconnected',
        },
      ],
    },
    {
      title: 'Alerts',
      description: 'Firing alerts. Every alert has a runbook in deploy/runbooks.',
      unit: 'short',
      queries: [
        {
          expr: `count by (alertname, severity) (ALERTS{${JOB}, alertstate="firing"})`,
          legend: '{{alertname}}, {{severity}}',
        },
      ],
    },
    {
      title: 'Instances',
      description: 'Instances that respond to Prometheus, by service.',
      unit: 'short',
      queries: [{ expr: `sum by (service) (up{${JOB}})`, legend: '{{service}}' }],
    },
    dataAge,
  ],
};
