import { type Clock, priorities, type Priority } from '@film-store/core';
import type { Call, CallContext, Policy } from './call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';

export interface CoalesceDeps {
  readonly clock: Clock;
}

export interface CoalesceDescription {
  /** Shared calls under way that a read may join. */
  readonly flights: number;
  /** Callers waiting for them. */
  readonly waiters: number;
}

export interface Coalesce {
  /**
   * The policy for a read that `key` names entirely: what differs in anything that bears on the answer, the reader
   * included where answers are personal, must differ in its key. A caller's own end rejects only that caller, with
   * `Cancelled` or `DeadlineExceeded`.
   */
  policy(key: string): Policy;
  describe(): CoalesceDescription;
}

/** How much of a caller's own time a shared call must last for the caller to join it, as a share. */
const MIN_SHARE_OF_TIME = 0.5;

/**
 * Makes one call of identical reads that happen at the same time. All get the same response, which none may change,
 * or the same error; once it has settled, the next read starts a new call. The shared call ends early only when every
 * waiter has left; a caller that comes after that does not join it.
 *
 * The shared call runs in the asynchronous context of the first caller, so its spans belong to that caller's trace, and
 * with the deadline and priority of the first caller. A caller joins only a call that is at least as important and lasts
 * for at least half of the caller's time. Any other caller starts a call, which later ones join. Where a shared call
 * runs out of time, a caller with more time goes on to the next call: one that others have started, or its own.
 */
export function createCoalesce({ clock }: CoalesceDeps): Coalesce {
  const flights = new Map<string, Flight>();

  function depart<T>(key: string, first: CallContext, call: Call<T>): Flight {
    const controller = new AbortController();
    const waiters = new Set<object>();
    const shared: CallContext = {
      signal: controller.signal,
      deadline: first.deadline,
      attempt: first.attempt,
      idempotent: first.idempotent,
      ...(first.priority && { priority: first.priority }),
    };
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight: Flight = {
      waiters,
      deadline: first.deadline,
      priority: first.priority ?? 'normal',
      // A moment later, when whoever came first is among the waiters.
      answer: Promise.resolve(shared).then(call).finally(land),
      abandon: (cause) => {
        land();
        controller.abort(new Cancelled('every waiter has left', { cause }));
      },
    };
    flights.set(key, flight);
    return flight;
  }

  function wait<T>({ waiters, answer, abandon }: Flight, { signal, deadline }: CallContext): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiter = {};
      const stop = (): void => {
        waiters.delete(waiter);
        disarm?.();
        signal.removeEventListener('abort', abort);
      };
      const leave = (error: Error): void => {
        stop();
        reject(error);
        if (waiters.size === 0) abandon(error);
      };
      const abort = (): void =>
        leave(new Cancelled('left while waiting for a shared call', { cause: signal.reason }));
      const disarm =
        deadline === Infinity ? undefined : clock.after(deadline - clock.now(), () => leave(tooLate()));
      signal.addEventListener('abort', abort);
      waiters.add(waiter);
      answer.finally(stop).then((value) => resolve(value as T), reject);
    });
  }

  return {
    policy: (key) => (next) => async (context) => {
      if (context.signal.aborted) throw new Cancelled('had left before', { cause: context.signal.reason });
      if (context.deadline <= clock.now()) throw tooLate();
      for (;;) {
        const flight = flights.get(key);
        if (!flight || !isAsGood(flight, context, clock.now()))
          return wait(depart(key, context, next), context);
        try {
          return await wait(flight, context);
        } catch (error) {
          if (!ranOutOfTime(error) || context.deadline <= Math.max(flight.deadline, clock.now())) throw error;
        }
      }
    },
    describe: () => ({
      flights: flights.size,
      waiters: [...flights.values()].reduce((sum, { waiters }) => sum + waiters.size, 0),
    }),
  };
}

/** One shared call. */
interface Flight {
  readonly waiters: Set<object>;
  readonly deadline: number;
  readonly priority: Priority;
  readonly answer: Promise<unknown>;
  /** For when nobody waits any more. */
  readonly abandon: (cause: Error) => void;
}

/** Whether a shared call serves a caller about as well as a call of its own. */
function isAsGood(flight: Flight, { deadline, priority = 'normal' }: CallContext, now: number): boolean {
  const lasts = flight.deadline === Infinity || flight.deadline - now >= (deadline - now) * MIN_SHARE_OF_TIME;
  return lasts && priorities.indexOf(flight.priority) <= priorities.indexOf(priority);
}

const ranOutOfTime = (error: unknown): boolean =>
  error instanceof AttemptTimedOut || error instanceof DeadlineExceeded;

const tooLate = () => new DeadlineExceeded('the deadline passed while waiting for a shared call');
