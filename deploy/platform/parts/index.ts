import { controlRoom } from './control-room.ts';
import { faults } from './faults.ts';
import { flags } from './flags.ts';
import { k8s } from './k8s.ts';
import type { Part } from './part.ts';
import { recommendations } from './recommendations.ts';

/** The parts that are more than the folder of a service. */
export const parts: readonly Part[] = [recommendations, flags, controlRoom, k8s, faults];
