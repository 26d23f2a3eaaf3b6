import { sharedValue } from '@film-store/core';
import type { BooleanFlag, Evaluation } from './flag.ts';

/** Facts for the rules of definitions. `targetingKey`, a string, names the subject. */
export type FlagContext = Readonly<Record<string, string | number | boolean | null>>;

/** Evaluates flags by their definitions or, without one, by their declared defaults. */
export interface Flags {
  /** Never throws and never waits for I/O. `context` matters only for a definition with a rule. */
  boolean(flag: BooleanFlag, context?: FlagContext): Promise<Evaluation>;
}

/** Injects `Flags`. All copies of this package have the same token. */
export const Flags = sharedValue('feature-flags/Flags', () => class Flags {} as new () => Flags);
