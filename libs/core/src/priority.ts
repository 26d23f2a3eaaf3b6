/** Who is served first and refused last when there is not room for all, most important first. */
export const priorities = ['critical', 'normal', 'sheddable'] as const;
export type Priority = (typeof priorities)[number];

/** In percent. */
const shares: Readonly<Record<Priority, number>> = { critical: 100, normal: 90, sheddable: 70 };

/**
 * How many of `places`, a whole number, those of a priority may fill; the rest is kept for those above it. Of places
 * there are, everyone may have one.
 */
export const permitsFor = (priority: Priority, places: number): number =>
  Math.min(places, Math.max(1, Math.floor((places * shares[priority]) / 100)));
