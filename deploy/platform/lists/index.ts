import type { List } from '../generated.ts';
import { composeSets } from './compose-sets.ts';
import { compose } from './compose/index.ts';
import { contractServices } from './contract-services.ts';
import { dashboards } from './dashboards.ts';
import { dockerfile } from './dockerfile.ts';
import { k8s } from './k8s/index.ts';
import { nestProjects } from './nest-projects.ts';
import { prometheusTargets } from './prometheus-targets.ts';
import { runbooks } from './runbooks.ts';
import { scenarioTable } from './scenario-table.ts';
import { serviceRules } from './service-rules.ts';
import { startScripts } from './start-scripts.ts';
import { typescriptProjects } from './typescript-projects.ts';

/** Everything that derives from the manifest. */
export const lists: readonly List[] = [
  compose,
  composeSets,
  contractServices,
  dashboards,
  dockerfile,
  k8s,
  nestProjects,
  prometheusTargets,
  runbooks,
  scenarioTable,
  serviceRules,
  startScripts,
  typescriptProjects,
];
