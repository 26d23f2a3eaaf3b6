import type { Step } from '../experiment.ts';
import type { Random } from '../random.ts';

/** A fault of a target. */
export interface Fault {
  readonly begin: Step;
  /** Absent if it is over at once. */
  readonly end?: Step;
  /** Duration in milliseconds. */
  readonly lasts: readonly [shortest: number, longest: number];
}

/** A part or a link with all its faults, one at a time. Faults draw their details again each time. */
export interface Target {
  readonly faults: readonly ((random: Random) => Fault)[];
  /** A fault is skipped while its target still recovers: a target that never works proves nothing. */
  readonly isWell: () => boolean;
  /** Rest after a fault, in milliseconds. */
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
 * Starts faults one after another, 0.5 to 2 s apart, each on a target that works at the time. Faults overlap. None
 * starts after `lengthMs`, and all of them end.
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
