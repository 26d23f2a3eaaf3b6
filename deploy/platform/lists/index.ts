import type { List } from '../generated.ts';
import { dashboards } from './dashboards.ts';
import { nestProjects } from './nest-projects.ts';
import { runbooks } from './runbooks.ts';
import { serviceRules } from './service-rules.ts';
import { startScripts } from './start-scripts.ts';

/** Everything that derives from the manifest. */
export const lists: readonly List[] = [dashboards, nestProjects, runbooks, serviceRules, startScripts];
