import type { List } from '../generated.ts';
import { compose } from './compose/index.ts';
import { composeSets } from './compose-sets.ts';
import { dockerfile } from './dockerfile.ts';
import { k8s } from './k8s/index.ts';
import { nestProjects } from './nest-projects.ts';
import { prometheusTargets } from './prometheus-targets.ts';
import { startScripts } from './start-scripts.ts';
import { typescriptProjects } from './typescript-projects.ts';

/** Everything that derives from the manifest. */
export const lists: readonly List[] = [
  nestProjects,
  typescriptProjects,
  startScripts,
  compose,
  composeSets,
  dockerfile,
  prometheusTargets,
  k8s,
];
