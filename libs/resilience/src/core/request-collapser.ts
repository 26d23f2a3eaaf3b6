import { type Clock, priorities, type Priority } from '@film-store/core';
import type { CallContext } from './call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';

export interface RequestCollapserOptions {
  readonly clock: Clock;
  /**
   * How much longer than the deadline of its call a caller waits, in milliseconds. The call can then end by itself, so
   * that the policies inside learn of it. @default 0
   */
  readonly slackMs?: number;
}

export interface CoalesceDescription {
  /** Shared calls in flight that a read may join. */
  readonly flights: number;
  /** Callers that wait for them. */
  readonly waiters: number;
}

/** The part of a caller's remaining time that a shared call must last for the caller to join it. */
const MIN_TIME_FRACTION = 0.5;

/**
 * Makes one call of identical reads that happen at the same time (request collapsing). All get the same response, which
 * none may change, or the same error. Once it has settled, the next read starts a new call. The shared call ends early
 * only when every waiter has left; a caller that comes after that does not join it.
 *
 * The shared call runs in the asynchronous context of the first caller, so its spans belong to that caller's trace, and
 * with the deadline and priority of the first caller. A caller joins only a call that is at least as important and lasts
 * for at least half of the caller's time. Any other caller starts a call, which later ones join. Where a shared call
 * runs out of time, a caller with more time goes on to the next call: one that others have started, or its own.
 */
export class RequestCollapser {
  readonly #clock: Clock;
  readonly #slackMs: number;
  readonly #calls = new Map<string, SharedCall>();

  constructor({ clock, slackMs = 0 }: RequestCollapserOptions) {
    this.#clock = clock;
    this.#slackMs = slackMs;
  }

  /**
   * Joins the shared call of `key` or starts one.
   * @param key names the read entirely: all that affects the response, the reader included where responses are personal
   * @throws Cancelled, DeadlineExceeded when this caller leaves or its time is up; else what the call rejects with
   */
  async share<C extends CallContext, T>(
    key: string,
    context: C,
    call: (context: C) => Promise<T>,
  ): Promise<T> {
    if (context.signal.aborted) throw new Cancelled('had left before', { cause: context.signal.reason });
    const deadline = context.deadline + this.#slackMs;
    if (deadline <= this.#clock.now()) throw tooLate();
    for (;;) {
      let shared = this.#calls.get(key);
      if (!shared || !isAsGood(shared, context, deadline, this.#clock.now())) {
        const { priority = 'normal' } = context;
        const controller = new AbortController();
        // It starts a moment later, when its first caller waits for it.
        const response = Promise.resolve({ ...context, signal: controller.signal }).then(call);
        shared = { key, deadline, priority, controller, response, waiters: new Set() };
        this.#add(shared);
        return this.#wait(shared, context.signal, deadline) as Promise<T>;
      }
      try {
        return (await this.#wait(shared, context.signal, deadline)) as T;
      } catch (error) {
        if (!ranOutOfTime(error) || deadline <= Math.max(shared.deadline, this.#clock.now())) throw error;
      }
    }
  }

  describe(): CoalesceDescription {
    const waiters = [...this.#calls.values()].reduce((sum, shared) => sum + shared.waiters.size, 0);
    return { flights: this.#calls.size, waiters };
  }

  #add(shared: SharedCall): void {
    this.#calls.set(shared.key, shared);
    const remove = (): void => this.#remove(shared);
    shared.response.then(remove, remove);
  }

  #remove(shared: SharedCall): void {
    if (this.#calls.get(shared.key) === shared) this.#calls.delete(shared.key);
  }

  #wait(shared: SharedCall, signal: AbortSignal, deadline: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        shared.waiters.delete(stop);
        disarm?.();
        signal.removeEventListener('abort', abort);
      };
      const leave = (error: Error): void => {
        stop();
        reject(error);
        if (shared.waiters.size > 0) return;
        this.#remove(shared);
        shared.controller.abort(new Cancelled('every waiter has left', { cause: error }));
      };
      const succeed = (value: unknown): void => {
        stop();
        resolve(value);
      };
      const fail = (error: unknown): void => {
        stop();
        reject(error);
      };
      const abort = (): void =>
        leave(new Cancelled('left while waiting for a shared call', { cause: signal.reason }));
      const disarm =
        deadline === Infinity
          ? undefined
          : this.#clock.after(deadline - this.#clock.now(), () => leave(tooLate()));
      signal.addEventListener('abort', abort);
      shared.waiters.add(stop);
      shared.response.then(succeed, fail);
    });
  }
}

interface SharedCall {
  readonly key: string;
  readonly deadline: number;
  readonly priority: Priority;
  /** Ends the call when its last waiter has left. */
  readonly controller: AbortController;
  readonly response: Promise<unknown>;
  readonly waiters: Set<() => void>;
}

/** Returns whether a shared call serves a caller about as well as a call of its own. */
function isAsGood(
  shared: SharedCall,
  { priority = 'normal' }: CallContext,
  deadline: number,
  now: number,
): boolean {
  const lasts = shared.deadline === Infinity || shared.deadline - now >= (deadline - now) * MIN_TIME_FRACTION;
  return lasts && priorities.indexOf(shared.priority) <= priorities.indexOf(priority);
}

const ranOutOfTime = (error: unknown): boolean =>
  error instanceof AttemptTimedOut || error instanceof DeadlineExceeded;

const tooLate = () => new DeadlineExceeded('the deadline passed while waiting for a shared call');
