import { type Clock, type Random, seeded } from '@film-store/core';
import { type Effect, drawEffect } from './effect.ts';
import { DEFAULT_TTL_MS, type Fault, MAX_ACTIVE, type Passing, matches } from './fault.ts';
import type { ActiveFault } from './report.ts';

/** What is to begin. */
export interface Beginning {
  readonly faults: readonly Fault[];
  /** Absent: faults that were made up on the spot. */
  readonly scenario?: string | undefined;
  /** Of all that have none of their own, in milliseconds. */
  readonly ttlMs?: number | undefined;
  /** Of all that have none of their own. */
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

/** What strikes, and what the fault is told by. */
export interface Strike {
  readonly point: string;
  readonly scenario: string | undefined;
  readonly effect: Effect;
}

/** More faults at a time than are allowed. */
export class TooManyFaults extends Error {
  override readonly name = 'TooManyFaults';
}

interface Active {
  readonly fault: Fault;
  readonly random: Random;
  readonly endsAt: number;
  readonly told: Omit<ActiveFault, 'remainingMs'>;
  readonly disarm: () => void;
}

/** The faults of one service. Each ends by itself when its time is up, whether or not anybody is left to end it. */
export class ActiveFaults {
  readonly #deps: ActiveFaultsDeps;
  readonly #active = new Map<string, Active>();
  #begun = 0;

  constructor(deps: ActiveFaultsDeps) {
    this.#deps = deps;
  }

  /**
   * In place of those of the same scenario, or of all that were made up on the spot.
   * @throws TooManyFaults, and leaves all as it is
   */
  begin({ faults, scenario, ttlMs = DEFAULT_TTL_MS, seed }: Beginning): void {
    const replaced = [...this.#active].filter(([, { told }]) => told.scenario === scenario);
    if (this.#active.size - replaced.length + faults.length > MAX_ACTIVE)
      throw new TooManyFaults(`at most ${MAX_ACTIVE} faults are active at a time`);
    for (const [id] of replaced) this.#end(id, 'ended');
    const base = seed ?? Math.floor(this.#deps.random() * 2 ** 32);
    for (const [index, fault] of faults.entries())
      this.#start(fault, { scenario, ttlMs: fault.ttlMs ?? ttlMs, seed: fault.seed ?? base + index });
  }

  /** Those of one scenario, or all. */
  end(scenario?: string): void {
    for (const [id, { told }] of this.#active)
      if (scenario === undefined || told.scenario === scenario) this.#end(id, 'ended');
  }

  /** In the order in which they began. */
  list(): ActiveFault[] {
    const now = this.#deps.clock.now();
    const there = [...this.#active.values()].filter(({ endsAt }) => endsAt > now);
    return there.map(({ told, endsAt }) => Object.assign({ remainingMs: Math.ceil(endsAt - now) }, told));
  }

  /** The first fault that fits and whose chance comes strikes; the others do not. */
  strike(passing: Passing): Strike | undefined {
    if (this.#active.size === 0) return undefined;
    const now = this.#deps.clock.now();
    for (const { fault, random, endsAt, told } of this.#active.values()) {
      if (endsAt <= now || !matches(fault, passing)) continue;
      const effect = drawEffect(fault, random);
      if (effect) return { point: fault.point, scenario: told.scenario, effect };
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
    const told = {
      id,
      service,
      ...(scenario !== undefined && { scenario }),
      fault,
      startedAt: new Date(startedAt).toISOString(),
      endsAt: new Date(startedAt + ttlMs).toISOString(),
    };
    const disarm = clock.after(ttlMs, () => this.#end(id, 'expired'));
    this.#active.set(id, { fault, random: seeded(seed), endsAt: clock.now() + ttlMs, told, disarm });
    onChange({ event: 'began', fault: { ...told, remainingMs: ttlMs } });
  }

  #end(id: string, why: 'expired' | 'ended'): void {
    const active = this.#active.get(id);
    if (!active) return;
    this.#active.delete(id);
    active.disarm();
    this.#deps.onChange({ event: 'ended', fault: { ...active.told, remainingMs: 0 }, why });
  }
}
