import { type Clock, type Random, seeded } from '@film-store/core';
import { type Effect, drawEffect } from './effect.ts';
import { DEFAULT_TTL_MS, type Fault, MAX_ACTIVE, type FaultTarget, matches } from './fault.ts';
import type { ActiveFault } from './report.ts';

/** Faults that are to begin together. */
export interface FaultsToBegin {
  readonly faults: readonly Fault[];
  /** Absent where the faults are of no scenario. */
  readonly scenario?: string | undefined;
  /** Time that a fault lasts which has no `ttlMs`, in milliseconds. @default 30,000 */
  readonly ttlMs?: number | undefined;
  /** Seed of a fault that has none. @default a random one */
  readonly seed?: number | undefined;
}

export type FaultChange =
  | { readonly event: 'began'; readonly fault: ActiveFault }
  | { readonly event: 'ended'; readonly fault: ActiveFault; readonly why: 'expired' | 'ended' };

export interface ActiveFaultsDeps {
  /** The service that they are in. */
  readonly service: string;
  readonly clock: Clock;
  /** Where no seed is given. */
  readonly random: Random;
  readonly onChange: (change: FaultChange) => void;
}

/** A fault that takes effect now. */
export interface InjectedFault {
  readonly point: string;
  readonly scenario: string | undefined;
  readonly effect: Effect;
}

/** Reports that more faults would be active than are allowed. */
export class TooManyFaults extends Error {
  override readonly name = 'TooManyFaults';
}

interface Active {
  readonly fault: Fault;
  readonly random: Random;
  readonly endsAt: number;
  readonly report: Omit<ActiveFault, 'remainingMs'>;
  readonly disarm: () => void;
}

/** The active faults of one service. Each ends by itself when its time is over. */
export class ActiveFaults {
  readonly #deps: ActiveFaultsDeps;
  readonly #active = new Map<string, Active>();
  #begun = 0;

  constructor(deps: ActiveFaultsDeps) {
    this.#deps = deps;
  }

  /**
   * Begins faults, and ends those of the same scenario, or without one, that were active.
   * @throws TooManyFaults, and changes nothing
   */
  begin({ faults, scenario, ttlMs = DEFAULT_TTL_MS, seed }: FaultsToBegin): void {
    const replaced = [...this.#active].filter(([, { report }]) => report.scenario === scenario);
    if (this.#active.size - replaced.length + faults.length > MAX_ACTIVE)
      throw new TooManyFaults(`at most ${MAX_ACTIVE} faults are active at a time`);
    for (const [id] of replaced) this.#end(id, 'ended');
    const base = seed ?? Math.floor(this.#deps.random() * 2 ** 32);
    for (const [index, fault] of faults.entries())
      this.#start(fault, { scenario, ttlMs: fault.ttlMs ?? ttlMs, seed: fault.seed ?? base + index });
  }

  /** Ends the faults of one scenario, or all. */
  end(scenario?: string): void {
    for (const [id, { report }] of this.#active)
      if (scenario === undefined || report.scenario === scenario) this.#end(id, 'ended');
  }

  /** Returns the active faults in the order in which they began. */
  list(): ActiveFault[] {
    const now = this.#deps.clock.now();
    const there = [...this.#active.values()].filter(({ endsAt }) => endsAt > now);
    return there.map(({ report, endsAt }) => Object.assign({ remainingMs: Math.ceil(endsAt - now) }, report));
  }

  /** Returns the first fault that matches and whose probability is met; the others do nothing. */
  inject(target: FaultTarget): InjectedFault | undefined {
    if (this.#active.size === 0) return undefined;
    const now = this.#deps.clock.now();
    for (const { fault, random, endsAt, report } of this.#active.values()) {
      if (endsAt <= now || !matches(fault, target)) continue;
      const effect = drawEffect(fault, random);
      if (effect) return { point: fault.point, scenario: report.scenario, effect };
    }
    return undefined;
  }

  #start(
    fault: Fault,
    { scenario, ttlMs, seed }: { scenario: string | undefined; ttlMs: number; seed: number },
  ) {
    const { service, clock, onChange } = this.#deps;
    const id = `${service}-${(this.#begun += 1)}`;
    const startedAt = clock.wallNow();
    const report = {
      id,
      service,
      ...(scenario !== undefined && { scenario }),
      fault,
      startedAt: new Date(startedAt).toISOString(),
      endsAt: new Date(startedAt + ttlMs).toISOString(),
    };
    const disarm = clock.after(ttlMs, () => this.#end(id, 'expired'));
    this.#active.set(id, { fault, random: seeded(seed), endsAt: clock.now() + ttlMs, report, disarm });
    onChange({ event: 'began', fault: { ...report, remainingMs: ttlMs } });
  }

  #end(id: string, why: 'expired' | 'ended'): void {
    const active = this.#active.get(id);
    if (!active) return;
    this.#active.delete(id);
    active.disarm();
    this.#deps.onChange({ event: 'ended', fault: { ...active.report, remainingMs: 0 }, why });
  }
}
