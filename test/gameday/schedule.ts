import { seeded } from '../chaos/random.ts';
import { causes, causeNames } from './causes.ts';

/** The game day of a seed. */
export interface Schedule {
  readonly seed: number;
  /** One cause, or two that begin together. */
  readonly hidden: readonly string[];
  /** Time under load before the fault, in milliseconds. */
  readonly waitMs: number;
}

/** Share of the games with two causes. */
const TWO_CAUSES = 0.25;
export type Role = 'human' | 'script';
const WAIT_MS: Readonly<Record<Role, readonly [number, number]>> = {
  human: [20_000, 120_000],
  script: [3000, 6000],
};

/**
 * Draws a game day. The same arguments give the same one. Two causes fail in different parts, so that neither hides all
 * signs of the other.
 */
export function drawSchedule(seed: number, role: Role, hasPostgres: boolean): Schedule {
  const random = seeded(seed);
  const possible = causeNames.filter((name) => hasPostgres || causes[name]?.needs === undefined);
  const first = random.pick(possible);
  const others = possible.filter((name) => isApart(name, first));
  const hidden = random.chance(TWO_CAUSES) && others.length > 0 ? [first, random.pick(others)] : [first];
  return { seed, hidden, waitMs: Math.round(random.between(...WAIT_MS[role])) };
}

/** Everything waits for a starved gateway, so it stays alone. */
function isApart(one: string, other: string): boolean {
  const parts = new Set(causes[one]?.parts);
  return ![one, other].includes('gateway-starved') && !causes[other]?.parts.some((part) => parts.has(part));
}
