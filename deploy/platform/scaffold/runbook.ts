import { toLines } from '../../runbooks/steps.ts';
import { toServiceDrills } from '../../runbooks/service-drills.ts';
import type { Call, Platform } from '../define-platform.ts';
import { type NamedService, findCallers, findCriticalServices } from '../derived.ts';
import { toPercent } from '../objectives.ts';
import { replaceSection } from '../section.ts';

export const runbookPath = (service: string): string => `deploy/runbooks/services/${service}.md`;

/** Renders the first version of a service's runbook, which people then edit. */
export function renderRunbook(service: NamedService, platform: Platform): string {
  const { name, port } = service;
  const page = `# ${name}

<!-- #region generated: facts -->
<!-- #endregion generated: facts -->

## Meaning

${service.public ? PUBLIC_MEANING : renderMeaning(name)}

## Check

Dashboard _objectives_: the row ${name}. Dashboard _services_: Event loop delay, Memory.

\`\`\`promql
sum by (http_route, http_response_status_code) (
  rate(http_server_request_duration_seconds_count{job="${platform.name}", service="${name}", http_response_status_code=~"5.."}[5m]))
histogram_quantile(0.99, sum by (http_route, le) (
  rate(http_server_request_duration_seconds_bucket{job="${platform.name}", service="${name}"}[5m])))
\`\`\`

\`\`\`sh
curl -s localhost:${port}/health/deep      # what it needs
curl -s localhost:${port}/ops/resilience   # its timeouts, queues and breakers
grep '"http.problem"' .data/logs/${name}.log | tail
\`\`\`

## Fix

- 502 or 504: a service or a store that it needs fails. \`/health/deep\` names it.
- 503: it is overloaded ([RequestsShed](../RequestsShed.md)), or a breaker is open ([BreakerOpen](../BreakerOpen.md)).
- 500: the code has a defect. The log line \`http.problem\` has the stack. Roll back the last deployment.
- It is slow: see [EventLoopBlocked](../EventLoopBlocked.md), and check its stores and the load. Add instances.
- It does not respond: see [TargetDown](../TargetDown.md).
- Afterwards: breakers of its callers close in steps about one minute after it works again. No caller needs a restart.

## Reproduce

<!-- #region generated: drill -->
<!-- #endregion generated: drill -->
`;
  return updateRunbook(page, service, platform);
}

/** Replaces the sections that follow the manifest. The other text stays. */
export const updateRunbook = (page: string, service: NamedService, platform: Platform): string =>
  replaceSection(
    replaceSection(page, 'facts', renderFacts(service, platform)),
    'drill',
    renderDrill(service, platform),
  );

const PUBLIC_MEANING = `Clients call this service directly, so its objectives are those of the API:
[AvailabilityBudgetBurn](../AvailabilityBudgetBurn.md) and [LatencyBudgetBurn](../LatencyBudgetBurn.md).`;

const renderMeaning = (name: string): string => `\
ServiceObjectiveMissed: ${name} uses the error budget of an objective too fast. The label \`slo\` names the objective.

- \`service-availability\`: too many responses are a 5xx. A 504 does not count if the caller allowed less than 500 ms.
- \`service-latency\`: too many reads take longer than promised, or their caller disconnected after that time.`;

function renderFacts(service: NamedService, platform: Platform): string[] {
  const { name, description, objectives, stores, port } = service;
  const callers = findCallers(platform, name);
  const toCallers = (kind: Call): string[] =>
    callers.filter((caller) => caller.kind === kind).map((caller) => caller.name);
  const [critical, degradable] = [toCallers('critical'), toCallers('degradable')];
  const called = [
    ...Object.entries(service.calls).map(([upstream, kind]) => linkCall({ name: upstream, kind })),
    ...Object.keys(service.upstreams).map((upstream) => `${upstream} (outside the platform)`),
  ];
  const isCritical = findCriticalServices(platform).has(name);
  return [
    '',
    `- Purpose: ${description}. Port ${port}.`,
    `- Called by: ${list([...(service.public ? ['clients'] : []), ...callers.map(linkCall)])}.`,
    ...(critical.length > 0
      ? [`- Without it, requests fail that need it and go through ${critical.join(' or ')}.`]
      : []),
    ...(degradable.length > 0
      ? [
          `- Without it, responses of ${degradable.join(' and ')} are degraded: they have a fallback, or a part is missing.`,
        ]
      : []),
    `- Calls: ${list(called)}. Stores: ${list(stores)}.`,
    `- Objectives: ${toPercent(objectives.availability)} of the requests without a 5xx, 99 % of the reads within ${objectives.latencyMs} ms.`,
    `- [ServiceDown](../ServiceDown.md) is a ${isCritical ? 'page: responses to clients need it' : 'ticket: responses to clients are complete enough without it'}.`,
    '',
  ];
}

const linkCall = ({ name, kind }: { name: string; kind: Call }): string => `[${name}](${name}.md) (${kind})`;

const list = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));

function renderDrill({ name }: NamedService, platform: Platform): string[] {
  const { slow, down } = toServiceDrills(platform, name);
  const start = ['', 'With `npm run demo` in another terminal:', ''];
  if (!slow)
    return [...start, ...block(down.flatMap(toLines)), '', `\`npm run demo -- start ${name}\` ends it.`, ''];
  const release = slow.flatMap((step) => (step.does === 'hold' ? toLines({ ...step, state: 'auto' }) : []));
  return [
    ...start,
    ...block(slow.flatMap(toLines)),
    '',
    `ServiceObjectiveMissed fires while ${name} is slow. Afterwards return the breaker to automatic control:`,
    '',
    ...block(release),
    '',
    `Make ${name} unreachable for its callers, for ten minutes:`,
    '',
    ...block(down.flatMap(toLines)),
    '',
    `\`curl -X DELETE localhost:3000/ops/faults\` ends it sooner. \`npm run demo -- stop ${name}\` has the same effect.`,
    '',
  ];
}

const block = (lines: readonly string[]): string[] => ['```sh', ...lines, '```'];
