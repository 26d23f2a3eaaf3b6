import { type Clock, priorities, type Priority } from '@film-store/core';
import type { CallContext } from './call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';

interface SharedCall {
  readonly key: string;
  readonly deadline: number;
  readonly priority: Priority;
  /** Ends the call when its last waiter has left. */
  readonly controller: AbortController;
  readonly response: Promise<unknown>;
  readonly waiters: Set<() => void>;
}

/** The fraction of a caller's remaining time that a shared call must last for the caller to join it. */
const MIN_TIME_FRACTION = 0.5;

/**
 * Makes one call for identical reads that happen at the same time (request collapsing). All callers get the same
 * response, which none may change, or the same error. After that the next read starts a new call. The shared call ends
 * early only when every waiter has left, and then no caller joins it any more.
 *
 * The shared call runs in the asynchronous context of the first caller, so its spans belong to that caller's trace, and
 * with the deadline and priority of the first caller. A caller joins a call only if the call has at least its priority
 * and lasts for at least half of its time. Any other caller starts a call, which later callers join. If a shared call
 * runs out of time, a caller with more time joins or starts the next call.
 */
export class RequestCollapser {
  readonly #clock: Clock;
  readonly #slackMs: number;
  /**
   * By key. Not a Map, whose deleted entries V8 keeps alive until it collects all garbage (Node 26.10.0): most responses
   * would become old.
   */
  readonly #calls: Record<string, SharedCall | undefined> = Object.create(null);

  /**
   * `slackMs` is the time that a caller waits past the deadline of its call, in milliseconds. In this time the shared
   * call ends by itself, so that the policies inside see how it ended.
   */
  constructor({ clock, slackMs = 0 }: { readonly clock: Clock; readonly slackMs?: number }) {
    this.#clock = clock;
    this.#slackMs = slackMs;
  }

  /**
   * Joins the shared call of `key` or starts one.
   * @param key identifies the read: everything that affects the response, with the user if responses are personal
   * @throws Cancelled, DeadlineExceeded when this caller leaves or its time is over; else what the call rejects with
   */
  async share<C extends CallContext, T>(
    key: string,
    context: C,
    call: (context: C) => Promise<T>,
  ): Promise<T> {
    const { signal, priority = 'normal' } = context;
    if (signal.aborted) throw new Cancelled('the caller left before the call', { cause: signal.reason });
    const deadline = context.deadline + this.#slackMs;
    if (deadline <= this.#clock.now()) throw tooLate();
    for (;;) {
      const shared = this.#calls[key];
      if (!shared || !isJoinable(shared, priority, deadline, this.#clock.now())) {
        const controller = new AbortController();
        // The call starts in a later microtask, when its first caller already waits for it.
        const response = Promise.resolve({ ...context, signal: controller.signal }).then(call);
        const started = { key, deadline, priority, controller, response, waiters: new Set<() => void>() };
        this.#calls[key] = started;
        const remove = (): void => this.#remove(started);
        response.then(remove, remove);
        return this.#wait(started, signal, deadline) as Promise<T>;
      }
      try {
        return (await this.#wait(shared, signal, deadline)) as T;
      } catch (error) {
        const ranOutOfTime = error instanceof AttemptTimedOut || error instanceof DeadlineExceeded;
        if (!ranOutOfTime || deadline <= Math.max(shared.deadline, this.#clock.now())) throw error;
      }
    }
  }

  /** Counts the shared calls in flight that a read may join, and their waiters. */
  describe() {
    const calls = Object.values(this.#calls) as SharedCall[];
    const waiters = calls.reduce((sum, shared) => sum + shared.waiters.size, 0);
    return { sharedCalls: calls.length, waiters };
  }

  #remove(shared: SharedCall): void {
    if (this.#calls[shared.key] === shared) delete this.#calls[shared.key];
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
      const abort = (): void =>
        leave(new Cancelled('the caller left while waiting for a shared call', { cause: signal.reason }));
      const timeLeft = deadline - this.#clock.now();
      const disarm = deadline < Infinity ? this.#clock.after(timeLeft, () => leave(tooLate())) : undefined;
      signal.addEventListener('abort', abort);
      shared.waiters.add(stop);
      const end =
        (settle: (result: unknown) => void) =>
        (result: unknown): void => {
          stop();
          settle(result);
        };
      shared.response.then(end(resolve), end(reject));
    });
  }
}

function isJoinable(shared: SharedCall, priority: Priority, deadline: number, now: number): boolean {
  const lasts = shared.deadline === Infinity || shared.deadline - now >= (deadline - now) * MIN_TIME_FRACTION;
  return lasts && priorities.indexOf(shared.priority) <= priorities.indexOf(priority);
}

const tooLate = () => new DeadlineExceeded('the deadline passed while waiting for a shared call');
