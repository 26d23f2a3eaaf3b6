import { type Priority, seeded } from '@film-store/core';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { CallContext } from '../src/core/call.ts';
import type { Pipeline } from '../src/pipeline.ts';
import type { UpstreamPolicies } from '../src/policy-options.ts';
import { createSimulatedPipeline, hedgesReads } from './simulated-pipeline.ts';

export interface Capacity {
  /** Requests that the upstream works on at a time. The others wait without a bound, in order of arrival. */
  readonly concurrency: number;
  /** Duration of one request, in milliseconds. */
  readonly serviceMs: number;
}

export interface Load {
  readonly rps: number;
  readonly seconds: number;
}

export interface Totals {
  sent: number;
  succeeded: number;
  /** Latencies of the successful calls, in milliseconds. */
  readonly latenciesMs: number[];
}

/** Time of each call, in milliseconds. */
const DEADLINE_MS = 1000;

/**
 * Simulates gateways that call one upstream in virtual time. The upstream queues without a bound, and works on requests
 * whose callers have left too. Requests arrive at random: 5 % critical, 65 % normal, 30 % sheddable.
 */
export class QueueingUpstream {
  readonly #clock = new VirtualClock();
  readonly #random = seeded(1);
  readonly #gateways: readonly Pipeline<void>[];
  #capacity: Capacity = { concurrency: 1, serviceMs: 1 };
  #working = 0;
  readonly #waiting: (() => void)[] = [];

  constructor({
    gateways = 1,
    ...policies
  }: Partial<UpstreamPolicies> & { readonly gateways?: number } = {}) {
    this.#gateways = Array.from({ length: gateways }, () =>
      createSimulatedPipeline({
        clock: this.#clock,
        random: this.#random,
        policies,
        serve: (context) => this.#serve(context),
        mayHedge: hedgesReads,
      }),
    );
  }

  /** Returns the current limit of each gateway. */
  get limits(): number[] {
    return this.#gateways.flatMap((gateway) =>
      gateway.describe().flatMap((each) => (each.policy === 'bulkhead' ? [each.state.limit] : [])),
    );
  }

  get breakers(): string[] {
    return this.#gateways.map(({ breaker }) => breaker.describe().state);
  }

  /** Sends the load, divided among the gateways, and resolves with the totals when all calls have settled. */
  async run(capacity: Capacity, { rps, seconds }: Load): Promise<Record<Priority, Totals>> {
    this.#capacity = capacity;
    const totals = { critical: noTotals(), normal: noTotals(), sheddable: noTotals() };
    const calls = { inFlight: 0 };
    let nextAt = this.#clock.now();
    const end = nextAt + seconds * 1000;
    const send = async (gateway: Pipeline<void>, priority: Priority): Promise<void> => {
      const startedAt = this.#clock.now();
      calls.inFlight += 1;
      totals[priority].sent += 1;
      if (await this.#call(gateway, priority)) {
        totals[priority].succeeded += 1;
        totals[priority].latenciesMs.push(this.#clock.now() - startedAt);
      }
      calls.inFlight -= 1;
    };
    for (let nth = 0; this.#clock.now() < end || calls.inFlight > 0;) {
      for (; nextAt <= this.#clock.now() && nextAt < end; nth += 1) {
        void send(this.#gateways[nth % this.#gateways.length]!, toPriority(this.#random()));
        nextAt -= (Math.log(1 - this.#random()) * 1000) / rps;
      }
      this.#clock.advance(1);
      await settle();
    }
    return totals;
  }

  async #call(gateway: Pipeline<void>, priority: Priority): Promise<boolean> {
    const { signal } = new AbortController();
    const deadline = this.#clock.now() + DEADLINE_MS;
    try {
      await gateway.call({ signal, deadline, attempt: 1, idempotent: true, priority });
      return true;
    } catch {
      return false;
    }
  }

  async #serve({ signal }: CallContext): Promise<void> {
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason as Error);
    signal.addEventListener('abort', leave);
    await Promise.race([this.#work(), left.promise]).finally(() =>
      signal.removeEventListener('abort', leave),
    );
  }

  async #work(): Promise<void> {
    const { concurrency, serviceMs } = this.#capacity;
    if (this.#working < concurrency) this.#working += 1;
    else await new Promise<void>((start) => this.#waiting.push(start));
    await new Promise<void>((done) => this.#clock.after(serviceMs, done));
    const next = this.#waiting.shift();
    if (next) next();
    else this.#working -= 1;
  }
}

const noTotals = (): Totals => ({ sent: 0, succeeded: 0, latenciesMs: [] });

const toPriority = (chance: number): Priority =>
  chance < 0.05 ? 'critical' : chance < 0.7 ? 'normal' : 'sheddable';
