import type { Part } from './part.ts';

/** The parts that are more than the folder of a service. */
export const parts: readonly Part[] = [];
