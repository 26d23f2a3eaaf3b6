import type { Part } from './part.ts';
import { recommendations } from './recommendations.ts';

/** The parts that are more than the folder of a service. */
export const parts: readonly Part[] = [recommendations];
