import type { List } from '../generated.ts';
import { contractServices } from './contract-services.ts';
import { nestProjects } from './nest-projects.ts';
import { scenarioTable } from './scenario-table.ts';
import { startScripts } from './start-scripts.ts';

/** Everything that derives from the manifest. */
export const lists: readonly List[] = [contractServices, nestProjects, scenarioTable, startScripts];
