/** Who is served first and refused last when there is not room for all, most important first. */
export const priorities = ['critical', 'normal', 'sheddable'] as const;
export type Priority = (typeof priorities)[number];
