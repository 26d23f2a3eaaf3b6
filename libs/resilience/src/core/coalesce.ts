import type { Call, CallContext, Policy } from './call.ts';
import type { Clock } from './clock.ts';
import { Cancelled, DeadlineExceeded } from './errors.ts';

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

/**
 * Makes one call of identical reads that happen at the same time. All get the same answer, which none may change,
 * or the same error; once it has settled, the next read calls anew. The shared call ends early only when every
 * waiter has left, and who comes after that does not join it. It runs in the asynchronous context of whoever came
 * first, so that its spans are theirs, and has the time that they have: who has more than twice as much calls anew,
 * for others to join, since somebody in a hurry must not fail those who are not.
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
    };
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const flight: Flight = {
      waiters,
      deadline: first.deadline,
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
      const flight = flights.get(key);
      const joins = flight !== undefined && lastsFor(context, flight, clock.now());
      return wait(joins ? flight : depart(key, context, next), context);
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
  readonly answer: Promise<unknown>;
  /** For when nobody waits any more. */
  readonly abandon: (cause: Error) => void;
}

/** Whether it has at least half of the time that is left to one who would join it. */
const lastsFor = (joining: CallContext, flight: Flight, now: number): boolean =>
  flight.deadline === Infinity || flight.deadline - now >= (joining.deadline - now) / 2;

const tooLate = () => new DeadlineExceeded('the deadline passed while waiting for a shared call');
