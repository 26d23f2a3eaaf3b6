/** Splits a list at its commas and trims each entry. */
export const parseCommaList = (list: string): string[] => list.split(',').map((entry) => entry.trim());
