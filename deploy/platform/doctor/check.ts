import type { Platform } from '../define-platform.ts';

/** Something that is out of step, and what mends it. */
export interface Finding {
  readonly problem: string;
  /** A command, or a sentence where no command can decide. */
  readonly fix: string;
}

export interface Check {
  /** What is in step if there is no finding, as a noun phrase. */
  readonly subject: string;
  readonly find: (root: string, platform: Platform) => Promise<Finding[]>;
}

/** Joins names for a message: the first five, and how many more there are. */
export function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
