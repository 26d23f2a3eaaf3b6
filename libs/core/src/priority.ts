/** The priorities, highest first. Requests of the lowest one are rejected first. */
export const priorities = ['critical', 'normal', 'sheddable'] as const;
export type Priority = (typeof priorities)[number];

const PERCENTAGES: Readonly<Record<Priority, number>> = { critical: 100, normal: 90, sheddable: 70 };

/** Returns how many of `permits`, a whole number, a priority may use: at least one, if there is one. */
export const permitsFor = (priority: Priority, permits: number): number =>
  Math.min(permits, Math.max(1, Math.floor((permits * PERCENTAGES[priority]) / 100)));
