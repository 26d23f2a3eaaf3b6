import type { Step } from '../experiment.ts';
import type { Random } from '../random.ts';

/** Something that can go wrong with a target. */
export interface Fault {
  readonly begin: Step;
  /** Absent where it is over at once. */
  readonly end?: Step;
  /** How long it lasts, in milliseconds. */
  readonly lasts: readonly [shortest: number, longest: number];
}

/** A part or a link, with all that can go wrong with it, one at a time. Faults draw their details anew each time. */
export interface Target {
  readonly faults: readonly ((random: Random) => Fault)[];
  /** A fault that is due while it still recovers from the last one is left out: what is never up is no test. */
  readonly isWell: () => boolean;
  /** How long it is left alone after a fault, in milliseconds. */
  readonly restMs: number;
}

export interface Due {
  readonly atMs: number;
  readonly target: Target;
  readonly fault: Fault;
  readonly step: Step;
}

const PAUSE_MS = [500, 2000] as const;

/**
 * Faults that begin one after another, with 0.5 to 2 s between them, each on some target that is well at the time.
 * They overlap. None begins after `lengthMs`, and all that begin end.
 */
export function scheduleFaults(random: Random, targets: readonly Target[], lengthMs: number): Due[] {
  const due: Due[] = [];
  const wellAt = new Map<Target, number>();
  for (let atMs = random.between(...PAUSE_MS); atMs < lengthMs; atMs += random.between(...PAUSE_MS)) {
    const well = targets.filter((target) => (wellAt.get(target) ?? 0) <= atMs);
    if (well.length === 0) continue;
    const target = random.pick(well);
    const fault = random.pick(target.faults)(random);
    const overAt = atMs + random.between(...fault.lasts);
    due.push({ atMs, target, fault, step: fault.begin });
    if (fault.end) due.push({ atMs: overAt, target, fault, step: fault.end });
    wellAt.set(target, overAt + target.restMs);
  }
  return due.toSorted((a, b) => a.atMs - b.atMs);
}
