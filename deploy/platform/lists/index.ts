import type { List } from '../generated.ts';
import { compose } from './compose/index.ts';
import { nestProjects } from './nest-projects.ts';
import { startScripts } from './start-scripts.ts';

/** Everything that derives from the manifest. */
export const lists: readonly List[] = [nestProjects, startScripts, compose];
