import { VirtualClock, settle } from '@film-store/core/testing';
import {
  type CallContext,
  classify,
  classifyRetry,
  createPipeline,
  type Pipeline,
  statusProblem,
  UPSTREAM_POLICY_DEFAULTS,
} from '@film-store/resilience';
import { DEADLINE_SLACK_MS } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { type Permit, RequestLimiter, type WorkOutcome } from '../src/load-shedder.ts';
import { createGradientLimit } from '../src/gradient-limit.ts';
import { LOAD_SHEDDING_DEFAULTS } from '../src/options.ts';

export interface Ability {
  /** How many requests it works on at a time; the others wait their turn. */
  readonly concurrency: number;
  /** How long it works on one, in milliseconds. */
  readonly serviceMs: number;
}

export interface Traffic {
  /** Requests a second, evenly spaced, of which every twentieth is an order. */
  readonly rps: number;
  readonly seconds: number;
}

type Counts = Record<'asked' | 'done', number>;

/** An order leaves time for a second attempt; a read has a second, of which its fallback gets a tenth. */
const ORDER = { forMs: 5000, timeoutMs: 2000, priority: 'critical' } as const;
const READ = { forMs: 900, priority: 'normal' } as const;
type Kind = typeof ORDER | typeof READ;
const OVERLOADED = JSON.stringify(new Problem('overloaded').toBody('simulated'));

/**
 * A gateway's whole pipeline before a catalog that sheds what it cannot do, both with their defaults, in virtual
 * time: how they play together, whatever the machine.
 */
export class SimulatedStore {
  readonly #clock = new VirtualClock();
  readonly #pipeline: Pipeline<void>;
  readonly #limiter: RequestLimiter;
  #ability: Ability = { concurrency: 1, serviceMs: 1 };
  #working = 0;
  readonly #turns: (() => void)[] = [];

  constructor() {
    const { initialLimit: initial, minLimit: min, maxLimit: max, ...queue } = LOAD_SHEDDING_DEFAULTS;
    const clock = this.#clock;
    this.#limiter = new RequestLimiter({
      limit: createGradientLimit({ initial, min, max }),
      queue: {
        capacity: queue.queueCapacity,
        targetMs: queue.queueTargetMs,
        intervalMs: queue.queueIntervalMs,
      },
      clock,
      isEventLoopOverloaded: () => false,
    });
    this.#pipeline = createPipeline(UPSTREAM_POLICY_DEFAULTS, (context) => this.#serve(context), {
      clock,
      random: () => 0.5,
      classify,
      classifyRetry,
      mayHedge: ({ priority }) => priority !== 'critical',
      callerRetries: () => false,
      onTransition: () => undefined,
    });
  }

  get breaker(): string {
    return this.#pipeline.breaker.describe().state;
  }

  /** Sends it all, and resolves when all of it is answered. */
  async run(ability: Ability, { rps, seconds }: Traffic): Promise<{ orders: Counts; reads: Counts }> {
    this.#ability = ability;
    const orders = { asked: 0, done: 0 };
    const reads = { asked: 0, done: 0 };
    const underWay = new Set<Promise<void>>();
    const ask = (kind: Kind, counts: Counts): void => {
      const answered = async (): Promise<void> => {
        counts.asked += 1;
        if (await this.#ask(kind)) counts.done += 1;
        underWay.delete(answer);
      };
      const answer: Promise<void> = answered();
      underWay.add(answer);
    };
    const everyMs = 1000 / rps;
    for (let nth = 0; nth < rps * seconds || underWay.size > 0; nth += 1) {
      if (nth < rps * seconds) {
        if (nth % 20 === 0) ask(ORDER, orders);
        else ask(READ, reads);
      }
      for (let left = everyMs; left > 0; left -= 1) {
        this.#clock.advance(Math.min(1, left));
        await settle();
      }
    }
    return { orders, reads };
  }

  /** Whether it was done in its time. */
  async #ask({ forMs, ...own }: Kind): Promise<boolean> {
    const caller = new AbortController();
    // As in `Upstream`: attempts end before those who wait for them leave.
    const deadline = this.#clock.now() + forMs - DEADLINE_SLACK_MS;
    const disarm = this.#clock.after(forMs, () => caller.abort(new Error('too late')));
    try {
      await this.#pipeline.call({ signal: caller.signal, deadline, attempt: 1, idempotent: true, ...own });
      return true;
    } catch {
      return false;
    } finally {
      disarm();
    }
  }

  /** One attempt, let in or refused, and cut short where its caller leaves. */
  #serve({ signal, deadline, priority = 'normal' }: CallContext): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = this.#limiter.acquire({ priority, deadline }, (decision) => {
        if (!decision.admitted) {
          reject(
            statusProblem('catalog', { status: 503, data: OVERLOADED, headers: { 'retry-after': '1' } }, []),
          );
          return;
        }
        void this.#workWith(decision.permit, signal, deadline).then(resolve, reject);
      });
      signal.addEventListener('abort', () => {
        leave();
        reject(new Error('the caller has left'));
      });
    });
  }

  async #workWith(permit: Permit, signal: AbortSignal, deadline: number): Promise<void> {
    const began = this.#clock.now();
    const release = (outcome: WorkOutcome): void => permit.release(outcome, this.#clock.now() - began);
    try {
      await this.#work(signal);
      release(signal.aborted ? 'ignored' : 'success');
    } catch (error) {
      release(this.#clock.now() >= deadline ? 'failure' : 'ignored');
      throw error;
    }
  }

  /** Who has left before its turn is not worked for. */
  async #work(signal: AbortSignal): Promise<void> {
    const { concurrency, serviceMs } = this.#ability;
    if (this.#working < concurrency) this.#working += 1;
    else {
      await new Promise<void>((resolve, reject) => {
        this.#turns.push(resolve);
        signal.addEventListener('abort', () => {
          const place = this.#turns.indexOf(resolve);
          if (place >= 0) this.#turns.splice(place, 1);
          reject(new Error('the caller has left'));
        });
      });
    }
    await new Promise<void>((resolve) => this.#clock.after(serviceMs, resolve));
    const next = this.#turns.shift();
    if (next) next();
    else this.#working -= 1;
  }
}
