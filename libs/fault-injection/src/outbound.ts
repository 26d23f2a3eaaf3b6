import { type Clock, type HttpExchange, hang, pause } from '@film-store/core';
import type { Effect } from './effect.ts';
import { GARBAGE, connectionLost, toProblem } from './failures.ts';

export interface InjectionContext {
  readonly clock: Clock;
  /** Ends the wait of an effect when it aborts. */
  readonly signal: AbortSignal;
  /** See `OutboundAttempt.toConnectionError`. */
  readonly toConnectionError?: (cause: Error) => Error;
}

/** Applies an effect to one HTTP request. Rejects with what an HTTP client throws. */
export async function injectIntoExchange(
  effect: Effect,
  { clock, signal }: InjectionContext,
  send: () => Promise<HttpExchange>,
): Promise<HttpExchange> {
  switch (effect.kind) {
    case 'delay':
      await pause(clock, effect.ms, signal);
      return send();
    case 'status': {
      const { status, headers, body } = toProblem(effect.status).toResponse('injected');
      return { status, headers, data: body };
    }
    case 'hang':
      return hang(signal);
    case 'reset':
      throw connectionLost();
    case 'slow-body': {
      const response = await send();
      await pause(clock, effect.ms, signal);
      return response;
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
 * Applies an effect to work that is not HTTP. The work is slow, hangs, or loses its connection: before it starts, or after
 * it has ended where the effect concerns the response.
 */
export async function injectIntoWork<T>(
  effect: Effect,
  { clock, signal, toConnectionError = (cause) => cause }: InjectionContext,
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
      throw toConnectionError(connectionLost());
    case 'slow-body': {
      const response = await work();
      await pause(clock, effect.ms, signal);
      return response;
    }
    case 'truncate':
    case 'garbage':
      await work();
      throw toConnectionError(connectionLost());
    default:
      return effect satisfies never;
  }
}
