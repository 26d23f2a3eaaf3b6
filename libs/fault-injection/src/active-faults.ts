import { type Clock, type Random, seeded } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { type Effect, drawEffect } from './effect.ts';
import { DEFAULT_TTL_MS, type Fault, type FaultTarget, MAX_ACTIVE, matches } from './fault.ts';
import type { ActiveFault, FaultsRequest } from './report.ts';

/** Faults that start together. `ttlMs` and `seed` are for faults without one. */
type FaultsToBegin = Omit<FaultsRequest, 'faults'> & { readonly faults: readonly Fault[] };

export type FaultChange =
  | { readonly event: 'started'; readonly fault: ActiveFault }
  | { readonly event: 'ended'; readonly fault: ActiveFault; readonly reason: 'expired' | 'ended' };

export interface ActiveFaultsOptions {
  readonly service: string;
  readonly clock: Clock;
  /** Draws the seeds that are not given. */
  readonly random: Random;
  readonly onChange: (change: FaultChange) => void;
  /** Returns whether no fault affects requests to a path, inbound and outbound. @default only `/ops/faults` is exempt */
  readonly isExempt?: ((path: string) => boolean) | undefined;
}

/** A fault that takes effect now. */
export interface InjectedFault {
  readonly point: string;
  readonly scenario: string | undefined;
  readonly effect: Effect;
}

export class TooManyFaults extends Problem {
  constructor() {
    const detail = `at most ${MAX_ACTIVE} faults can be active at the same time`;
    super('validation-failed', { status: 422, errors: [{ pointer: '/faults', detail }] });
  }
}

interface Entry {
  readonly random: Random;
  readonly expiresAt: number;
  readonly report: Omit<ActiveFault, 'remainingMs'>;
  readonly cancelExpiry: () => void;
}

/** Operators end faults under this path. */
const FAULTS_PATH = '/ops/faults';

/** Holds the active faults of one service. Each fault expires by itself. */
export class ActiveFaults {
  readonly #options: ActiveFaultsOptions;
  readonly #active = new Map<string, Entry>();
  #started = 0;

  constructor(options: ActiveFaultsOptions) {
    this.#options = options;
  }

  /**
   * Starts faults. They replace the active faults of the same scenario or, without a scenario, those without one.
   * @throws TooManyFaults Then nothing changes.
   */
  begin({ faults, scenario, ttlMs = DEFAULT_TTL_MS, seed }: FaultsToBegin): void {
    const replaced = [...this.#active.values()].filter(({ report }) => report.scenario === scenario);
    if (this.#active.size - replaced.length + faults.length > MAX_ACTIVE) throw new TooManyFaults();
    for (const { report } of replaced) this.#end(report.id, 'ended');
    const base = seed ?? Math.floor(this.#options.random() * 2 ** 32);
    for (const [index, fault] of faults.entries())
      this.#start(fault, scenario, fault.ttlMs ?? ttlMs, fault.seed ?? base + index);
  }

  end(scenario?: string): void {
    for (const { report } of this.#active.values())
      if (scenario === undefined || report.scenario === scenario) this.#end(report.id, 'ended');
  }

  /** Returns the active faults, the oldest first. */
  list(): ActiveFault[] {
    const now = this.#options.clock.now();
    return [...this.#active.values()]
      .filter(({ expiresAt }) => expiresAt > now)
      .map(({ report, expiresAt }) => Object.assign({ remainingMs: Math.ceil(expiresAt - now) }, report));
  }

  /** Returns the effect of the first fault that matches and whose probability is met. */
  inject(target: FaultTarget): InjectedFault | undefined {
    const { clock, isExempt } = this.#options;
    const { point, path } = target;
    if (this.#active.size === 0 || path?.startsWith(FAULTS_PATH)) return undefined;
    if (path !== undefined && isExempt?.(path)) return undefined;
    const now = clock.now();
    for (const { random, expiresAt, report } of this.#active.values()) {
      // A busy process runs timers late.
      if (expiresAt <= now || !matches(report.fault, target)) continue;
      const effect = drawEffect(report.fault, random);
      if (effect) return { point, scenario: report.scenario, effect };
    }
    return undefined;
  }

  #start(fault: Fault, scenario: string | undefined, ttlMs: number, seed: number): void {
    const { service, clock, onChange } = this.#options;
    const id = `${service}-${(this.#started += 1)}`;
    const startedAt = clock.wallNow();
    const report = {
      id,
      service,
      ...(scenario !== undefined && { scenario }),
      fault,
      startedAt: new Date(startedAt).toISOString(),
      endsAt: new Date(startedAt + ttlMs).toISOString(),
    };
    const cancelExpiry = clock.after(ttlMs, () => this.#end(id, 'expired'));
    const expiresAt = clock.now() + ttlMs;
    this.#active.set(id, { random: seeded(seed), expiresAt, report, cancelExpiry });
    onChange({ event: 'started', fault: { ...report, remainingMs: ttlMs } });
  }

  #end(id: string, reason: 'expired' | 'ended'): void {
    const entry = this.#active.get(id);
    if (!entry) return;
    this.#active.delete(id);
    entry.cancelExpiry();
    this.#options.onChange({ event: 'ended', fault: { ...entry.report, remainingMs: 0 }, reason });
  }
}
