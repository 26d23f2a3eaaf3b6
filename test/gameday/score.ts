import type { Burn } from './budget.ts';

/** The facts that a game is judged by. */
export interface Outcome {
  readonly hidden: readonly string[];
  /** Every set of causes that the player named, in order. The last one counts. */
  readonly named: readonly (readonly string[])[];
  /** From the start of the fault until no alert fired. `undefined` if the store was not restored. */
  readonly restoredMs: number | undefined;
  readonly burns: readonly Burn[];
  readonly harm: readonly string[];
}

export interface Score {
  readonly found: boolean;
  /** 0 to 100. */
  readonly points: number;
  /** Largest fraction of a 30-day error budget that the game used. */
  readonly burnt: number;
}

/** Points for the cause, for a fast repair and for the saved budget. A wrong cause before the right one costs some. */
const CAUSE = 50;
const FAST = 30;
const SAVED = 20;
const WRONG = 10;
const HARM = 10;
/** A repair after this time, or a loss of this fraction of the budget, has no points left. */
const SLOWEST_MS = 900_000;
const LARGEST_LOSS = 0.2;

/** Returns whether exactly the hidden causes are named. */
export const isFound = (hidden: readonly string[], named: readonly string[] | undefined): boolean =>
  named !== undefined &&
  new Set(named).size === hidden.length &&
  hidden.every((name) => named.includes(name));

export function toScore({ hidden, named, restoredMs, burns, harm }: Outcome): Score {
  const found = isFound(hidden, named.at(-1));
  const wrong = named.filter((names) => !isFound(hidden, names)).length;
  const burnt = Math.max(0, ...burns.map((burn) => burn.burnt));
  const speed = restoredMs === undefined ? 0 : Math.max(0, 1 - restoredMs / SLOWEST_MS);
  const saved = restoredMs === undefined ? 0 : Math.max(0, 1 - burnt / LARGEST_LOSS);
  const points = (found ? CAUSE : 0) + FAST * speed + SAVED * saved - WRONG * wrong - HARM * harm.length;
  return { found, points: Math.min(100, Math.max(0, Math.round(points))), burnt };
}
