import { VirtualClock, settle } from '@film-store/core/testing';
import { type CallContext, type Pipeline, statusProblem } from '@film-store/resilience';
import { createGradientLimit, DEADLINE_SLACK_MS } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { createSimulatedPipeline, hedgesReads } from '../../resilience/test/simulated-pipeline.ts';
import { type Permit, RequestLimiter, type WorkOutcome } from '../src/load-shedder.ts';
import { LOAD_SHEDDING_DEFAULTS } from '../src/options.ts';

export interface Capacity {
  /** Requests that the catalog works on at a time. The others wait. */
  readonly concurrency: number;
  /** Duration of one request, in milliseconds. */
  readonly serviceMs: number;
}

export interface Traffic {
  /** Requests per second at equal intervals. Every twentieth is an order. */
  readonly rps: number;
  readonly seconds: number;
}

type Counts = Record<'sent' | 'succeeded', number>;

/** An order has time for a second attempt. A read has a second, of which a tenth is kept for its fallback. */
const ORDER = { forMs: 5000, timeoutMs: 2000, priority: 'critical' } as const;
const READ = { forMs: 900, priority: 'normal' } as const;
type Kind = typeof ORDER | typeof READ;
const OVERLOADED = JSON.stringify(new Problem('overloaded').toBody('simulated'));

/** Simulates the pipeline of a gateway and a catalog that sheds load, both with their defaults, in virtual time. */
export class SimulatedStore {
  readonly #clock = new VirtualClock();
  readonly #pipeline: Pipeline<void>;
  readonly #limiter: RequestLimiter;
  #capacity: Capacity = { concurrency: 1, serviceMs: 1 };
  #working = 0;
  readonly #waiting: (() => void)[] = [];

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
    this.#pipeline = createSimulatedPipeline({
      clock,
      serve: (context) => this.#serve(context),
      mayHedge: hedgesReads,
    });
  }

  get breaker(): string {
    return this.#pipeline.breaker.describe().state;
  }

  /** Sends the traffic, and resolves with the counts when all calls have settled. */
  async run(capacity: Capacity, { rps, seconds }: Traffic): Promise<{ orders: Counts; reads: Counts }> {
    this.#capacity = capacity;
    const orders = { sent: 0, succeeded: 0 };
    const reads = { sent: 0, succeeded: 0 };
    const calls = { inFlight: 0 };
    const send = async (kind: Kind, counts: Counts): Promise<void> => {
      calls.inFlight += 1;
      counts.sent += 1;
      if (await this.#call(kind)) counts.succeeded += 1;
      calls.inFlight -= 1;
    };
    const everyMs = 1000 / rps;
    for (let nth = 0; nth < rps * seconds || calls.inFlight > 0; nth += 1) {
      if (nth < rps * seconds) {
        if (nth % 20 === 0) void send(ORDER, orders);
        else void send(READ, reads);
      }
      for (let left = everyMs; left > 0; left -= 1) {
        this.#clock.advance(Math.min(1, left));
        await settle();
      }
    }
    return { orders, reads };
  }

  /** Returns whether the call succeeds in its time. */
  async #call({ forMs, ...own }: Kind): Promise<boolean> {
    const caller = new AbortController();
    // As in `HttpUpstream`, attempts end before their callers leave.
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

  /** Admits or sheds one attempt. It ends early if its caller leaves. */
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
    const startedAt = this.#clock.now();
    const release = (outcome: WorkOutcome): void => permit.release(outcome, this.#clock.now() - startedAt);
    try {
      await this.#work(signal);
      release(signal.aborted ? 'ignored' : 'success');
    } catch (error) {
      release(this.#clock.now() >= deadline ? 'failure' : 'ignored');
      throw error;
    }
  }

  /** Does no work for a caller that has left before its turn. */
  async #work(signal: AbortSignal): Promise<void> {
    const { concurrency, serviceMs } = this.#capacity;
    if (this.#working < concurrency) this.#working += 1;
    else {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => {
          const index = this.#waiting.indexOf(resolve);
          if (index >= 0) this.#waiting.splice(index, 1);
          reject(new Error('the caller has left'));
        });
      });
    }
    await new Promise<void>((resolve) => this.#clock.after(serviceMs, resolve));
    const next = this.#waiting.shift();
    if (next) next();
    else this.#working -= 1;
  }
}
