import { createFaultScenarios } from '../../../libs/contracts/src/create-fault-scenarios.ts';
import type { List } from '../generated.ts';
import { toTable } from '../markdown.ts';
import { replaceSection } from '../section.ts';

const path = 'docs/how-to/break-it.md';

/** The table of fault scenarios in `docs/how-to/break-it.md`: each with its effect, and what its traces show. */
export const scenarioTable: List = (platform) => [
  {
    path,
    render: (current = '') => {
      const rows = Object.entries(createFaultScenarios(platform.services)).map(([name, { expect }]) => [
        `\`${name}\``,
        expect,
        describeTraces(name),
      ]);
      const table = toTable(['scenario', 'what you see', 'what its traces show'], rows);
      return replaceSection(current, 'fault-scenarios', ['', table, '']);
    },
  },
];

/** By the whole name, or by its last word. */
const traces: Readonly<Record<string, string>> = {
  down: '`fault.injected` at attempts, `upstream.retry`, `response.degraded`; then `upstream.rejected`',
  slow: 'attempts that end with a `timeout`, `upstream.retry`, `response.degraded`',
  hang: 'attempts that end with a `timeout`, `response.degraded`; then `breaker.transition`',
  'catalog-flaky': '`upstream.retry`, and a second attempt beside the first',
  'redis-down': '`EVALSHA idempotency.claim` fails, and the order continues',
  'database-down': '`SELECT` fails in catalog',
  // #region part: flags
  'flags-down': '`response.degraded` of `flags`',
  // #endregion part: flags
  'telemetry-down': 'nothing: the receiver gets no traces',
  overload: '`response.degraded`; under load `request.shed`',
  'region-down': '`fault.injected` at attempts to the preferred region',
  'instance-killed': '`upstream-unreachable`, `response.degraded`',
  'garbage-responses': 'attempts that end with `upstream-bad-response`',
};

/** @throws Error if there is no description */
function describeTraces(name: string): string {
  const description = traces[name] ?? traces[name.split('-').at(-1) ?? ''];
  if (description === undefined) throw new Error(`describe the traces of ${name} in scenario-table.ts`);
  return description;
}
