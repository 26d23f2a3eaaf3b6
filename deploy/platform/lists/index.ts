import type { List } from '../generated.ts';
import { contractServices } from './contract-services.ts';
import { dashboards } from './dashboards.ts';
import { nestProjects } from './nest-projects.ts';
import { runbooks } from './runbooks.ts';
import { scenarioTable } from './scenario-table.ts';
import { serviceRules } from './service-rules.ts';
import { startScripts } from './start-scripts.ts';

/** Everything that derives from the manifest. */
export const lists: readonly List[] = [
  contractServices,
  dashboards,
  nestProjects,
  runbooks,
  scenarioTable,
  serviceRules,
  startScripts,
];
