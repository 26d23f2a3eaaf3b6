/** Splits a list at its commas, and removes the white space around each entry. */
export const parseCommaList = (list: string): string[] => list.split(',').map((entry) => entry.trim());
