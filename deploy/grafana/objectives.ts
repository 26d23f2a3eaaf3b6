import type { Platform } from '../platform/define-platform.ts';
import { findCallers } from '../platform/derived.ts';
import { type ServiceObjectives, toObjectives, toPercent } from '../platform/objectives.ts';
import { COLUMNS, type Dashboard, JOB, type Panel } from './dashboard.ts';

const requests = 'http_server_request_duration_seconds';

/** A row for each service: its promises, and how its callers see it. */
export const toObjectivesDashboard = (platform: Platform): Dashboard => ({
  name: 'objectives',
  variables: [],
  panels: toObjectives(platform).flatMap((objectives) => toRow(platform, objectives)),
});

function toRow(platform: Platform, { service, ...selectors }: ServiceObjectives): Panel[] {
  const { name, description, objectives } = service;
  const callers = findCallers(platform, name);
  const budgets = service.public
    ? 'service="", slo=~"availability|latency"'
    : `service="${name}", slo=~"service-.*"`;
  const row: Panel[] = [
    {
      row: `${name}: ${description}`,
      title: `Error budget left of ${name}`,
      description: `Remaining error budget of 30 days. Objectives: ${toPercent(objectives.availability)} of the requests without a 5xx, 99 % of the reads within ${objectives.latencyMs} ms.`,
      unit: 'percentunit',
      type: 'stat',
      queries: [{ expr: `slo:budget_left:30d{${JOB}, ${budgets}}`, legend: '{{slo}}' }],
    },
    {
      title: `Responses of ${name}`,
      description: 'Responses by status, without probes and requests of operators.',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (http_response_status_code) (rate(${requests}_count{${selectors.requests}, http_response_status_code!=""}[$__rate_interval]))`,
          legend: '{{http_response_status_code}}',
        },
      ],
    },
    {
      title: `Reads of ${name}, p99`,
      description: '99th percentile of the duration of reads. Above the second line the objective is missed.',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (le) (rate(${requests}_bucket{${selectors.requests}, http_request_method="GET"}[$__rate_interval])))`,
          legend: 'p99',
        },
        { expr: `vector(${objectives.latencyMs / 1000})`, legend: 'objective' },
      ],
    },
  ];
  if (callers.length > 0)
    row.push({
      title: `Calls of ${name}`,
      description: `Attempts by outcome. Callers: ${callers.map(({ name: caller, kind }) => `${caller} (${kind})`).join(', ')}.`,
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (service, outcome) (rate(upstream_attempt_duration_seconds_count{${JOB}, upstream="${name}", service=~"${callers.map((caller) => caller.name).join('|')}"}[$__rate_interval]))`,
          legend: '{{service}}: {{outcome}}',
        },
      ],
    });
  return row.map((panel) => Object.assign({ width: COLUMNS / row.length }, panel));
}
