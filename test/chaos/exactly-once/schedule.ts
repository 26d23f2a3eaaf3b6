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
  /** How long it is left alone after a fault, in milliseconds: what is never up is no test. */
  readonly restMs: number;
}

export interface Due {
  readonly atMs: number;
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
    const { begin, end, lasts } = random.pick(target.faults)(random);
    const overAt = atMs + random.between(...lasts);
    due.push({ atMs, step: begin });
    if (end) due.push({ atMs: overAt, step: end });
    wellAt.set(target, overAt + target.restMs);
  }
  return due.toSorted((a, b) => a.atMs - b.atMs);
}
