import type { Platform } from '../define-platform.ts';
import { findCriticalServices, toServices } from '../derived.ts';
import type { List } from '../generated.ts';
import { type ServiceObjectives, toErrorBudget, toObjectives, toPercent } from '../objectives.ts';

/** Rules of Prometheus that each service has: its objectives, and the alert on its absence. */
export const serviceRules: List = (platform) => [
  { path: 'deploy/prometheus/rules/services.yml', render: () => renderRules(platform) },
];

const renderRules = (platform: Platform): string => `\
# Generated from platform.config.ts by \`npm run platform -- generate\`. Change objectives and calls there.
#
# The objectives of each service. slo.yml computes how fast their error budgets are used. The public service has the objectives
# of the API, \`availability\` and \`latency\`: AvailabilityBudgetBurn and LatencyBudgetBurn page. The others have
# \`service-availability\` and \`service-latency\`: ServiceObjectiveMissed is a ticket, because failures that users notice count
# in the objectives of the API.
#
# - Availability: a 504 does not count if the client gave the request less than 500 ms. A request whose client disconnects does
#   not count: it does not show whether the service is available.
# - Latency: a client that disconnects in time does not count. One that disconnects later has waited too long, and counts as bad.
groups:
  - name: service-objectives
    rules:
${toObjectives(platform).map(renderObjectives).join('\n')}
  # Objectives divide by counted requests: without an instance no request is counted, and no error budget burns.
  # \`up\` is 0 if targets do not respond, and absent if Prometheus has no target.
  - name: presence
    rules:
${renderPresence(platform)}`;

function renderObjectives({ service, availability, latency, requests }: ServiceObjectives): string {
  const { name, objectives } = service;
  const seconds = objectives.latencyMs / 1000;
  const count = (labels: string): string =>
    `sum(rate(http_server_request_duration_seconds_count{${requests}, ${labels}}[5m]))`;
  const within = (labels: string): string =>
    `sum(rate(http_server_request_duration_seconds_bucket{${requests}, ${labels}, le="${seconds}"}[5m]))`;
  const reads = 'http_request_method="GET"';
  const closed = 'error_type="connection-closed"';
  return `\
      # ${name}: ${toPercent(objectives.availability)} of the requests without a 5xx, 99 % of the reads within ${objectives.latencyMs} ms.
      - record: slo:budget
        labels: ${toFlow(availability)}
        expr: vector(${toErrorBudget(objectives.availability)})
      - record: slo:budget
        labels: ${toFlow(latency)}
        expr: vector(0.01)
      - record: slo:bad:rate5m
        labels: ${toFlow(availability)}
        expr: |
          clamp_min(
            (${count('http_response_status_code=~"5.."')} or vector(0))
              - (sum(rate(http_server_client_deadline_exceeded_total{${requests}}[5m])) or vector(0)),
            0)
      - record: slo:total:rate5m
        labels: ${toFlow(availability)}
        expr: ${count('error_type!="connection-closed"')}
      - record: slo:bad:rate5m
        labels: ${toFlow(latency)}
        expr: |
          ${count(reads)}
            - ${within(reads)}
      - record: slo:total:rate5m
        labels: ${toFlow(latency)}
        expr: |
          ${count(reads)}
            - (${within(`${reads}, ${closed}`)} or vector(0))
`;
}

const toFlow = (labels: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')} }`;

function renderPresence(platform: Platform): string {
  const critical = findCriticalServices(platform);
  const names = toServices(platform).map(({ name }) => name);
  const page = names.filter((name) => critical.has(name));
  const ticket = names.filter((name) => !critical.has(name));
  const alerts = [
    renderServiceDown(platform.name, page, 'page', 'Responses to clients need these services.'),
    ...(ticket.length > 0
      ? [
          renderServiceDown(
            platform.name,
            ticket,
            'ticket',
            'Responses to clients are complete enough without these services.',
          ),
        ]
      : []),
  ];
  return alerts.join('');
}

const renderServiceDown = (
  job: string,
  names: readonly string[],
  severity: 'page' | 'ticket',
  reason: string,
): string => `\
      # ${reason}
      - alert: ServiceDown
        expr: |
          max by (job, service) (up{job="${job}", service=~"${names.join('|')}"}) == 0
${names.map((name) => `            or absent(up{job="${job}", service="${name}"})\n`).join('')}\
        for: 2m
        labels: { severity: ${severity} }
        annotations:
          summary: No instance of {{ $labels.service }} responds to Prometheus
          runbook_url: '{{ $externalLabels.runbooks }}/ServiceDown.md'
`;
