import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { scenarioNames } from '@film-store/contracts';
import { rules } from '../../../deploy/prometheus/rules.ts';
import { type ServiceList, filterNames, readText } from './service-list.ts';

const RULES = 'deploy/prometheus/rules/services.yml';
const RUNBOOKS = 'deploy/runbooks/services';
const DASHBOARD = 'deploy/grafana/dashboards/objectives.json';

const findMatches = (text: string, pattern: RegExp): string[] =>
  Array.from(text.matchAll(pattern), ([, found = '']) => found);

/** Returns the services that have an objective of this kind. The public service has the objectives of the API. */
const readBudgets = (kind: 'availability' | 'latency', publicName: string): string[] =>
  rules.flatMap(({ record, labels }) => {
    if (record !== 'slo:budget') return [];
    if (labels?.['slo'] === kind) return [publicName];
    return labels?.['slo'] === `service-${kind}` ? [labels['service'] ?? ''] : [];
  });

/** Returns the scenarios and the processes that the drill of a service's runbook takes down. */
const readDrill = (name: string): { scenarios: string[]; stopped: string[] } => {
  const [, drill = ''] = readText(`${RUNBOOKS}/${name}.md`).split('## Reproduce');
  return {
    scenarios: findMatches(drill, /"scenario":"(.*)-down"/g),
    stopped: findMatches(drill, /^npm run demo -- stop ([\w-]+)$/gm),
  };
};

/** The alerts, runbooks, drills and dashboard rows of the services. */
export const observabilityLists: readonly ServiceList[] = [
  {
    name: `${RULES}, ServiceDown`,
    read: () =>
      rules
        .filter(({ alert }) => alert === 'ServiceDown')
        .flatMap(({ expr }) => findMatches(expr, /absent\(up{.*service="(.*)"}\)/g)),
  },
  ...(['availability', 'latency'] as const).map((kind) => ({
    name: `${RULES}, objective of ${kind}`,
    read: (services: Parameters<ServiceList['read']>[0]) =>
      readBudgets(kind, filterNames(services, (service) => service.public)[0] ?? ''),
  })),
  { name: RUNBOOKS, read: () => globSync(`${RUNBOOKS}/*.md`).map((path) => basename(path, '.md')) },
  {
    name: `${RUNBOOKS}, drills`,
    read: (services) =>
      filterNames(services, ({ name }) => {
        const { scenarios, stopped } = readDrill(name);
        // #region part: faults
        const known: readonly string[] = scenarioNames;
        if (!scenarios.every((found) => known.includes(`${found}-down`))) return false;
        // #endregion part: faults
        return [...scenarios, ...stopped].includes(name);
      }),
  },
  {
    name: `${DASHBOARD}, rows`,
    read: () => {
      const { panels } = JSON.parse(readText(DASHBOARD)) as { panels: { type: string; title: string }[] };
      return panels.filter(({ type }) => type === 'row').map(({ title }) => title.split(':')[0]!);
    },
  },
];
