import { type Clock, hang, pause } from '@film-store/core';
import type { Effect } from './effect.ts';
import { GARBAGE, connectionLost, problemOf } from './failures.ts';

/** An HTTP answer that was read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Until {
  readonly clock: Clock;
  /** Its abort ends whatever the effect is waiting for. */
  readonly signal: AbortSignal;
  /** A lost connection as the client in use tells it; absent: as Node does. */
  readonly asLost?: (cause: Error) => Error;
}

/** One HTTP request that something happens to; what it rejects with looks like what a client of HTTP throws. */
export async function strikeExchange(
  effect: Effect,
  { clock, signal }: Until,
  send: () => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  switch (effect.kind) {
    case 'delay':
      await pause(clock, effect.ms, signal);
      return send();
    case 'status': {
      const { status, headers, body } = problemOf(effect.status).toAnswer('injected');
      return { status, headers, data: body };
    }
    case 'hang':
      return hang(signal);
    case 'reset':
      throw connectionLost();
    case 'slow-body': {
      const answer = await send();
      await pause(clock, effect.ms, signal);
      return answer;
    }
    case 'truncate':
      await send();
      throw connectionLost();
    case 'garbage':
      return { ...(await send()), data: GARBAGE };
    default:
      return effect satisfies never;
  }
}

/**
 * The same for work with what is not HTTP: it is slow, hangs, or fails with a lost connection, before it was done or,
 * where an answer would be truncated or garbage, after.
 */
export async function strikeWork<T>(
  effect: Effect,
  { clock, signal, asLost = (cause) => cause }: Until,
  work: () => Promise<T>,
): Promise<T> {
  switch (effect.kind) {
    case 'delay':
      await pause(clock, effect.ms, signal);
      return work();
    case 'hang':
      return hang(signal);
    case 'status':
    case 'reset':
      throw asLost(connectionLost());
    case 'slow-body': {
      const answer = await work();
      await pause(clock, effect.ms, signal);
      return answer;
    }
    case 'truncate':
    case 'garbage':
      await work();
      throw asLost(connectionLost());
    default:
      return effect satisfies never;
  }
}
