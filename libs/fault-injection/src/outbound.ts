import { type Clock, type HttpExchange, type OutboundAttempt, hang, pause } from '@film-store/core';
import type { Effect } from './effect.ts';
import { GARBAGE, createConnectionError, toProblem } from './failures.ts';

/** `signal` ends the wait of an effect. */
type InjectionContext = Pick<OutboundAttempt, 'signal' | 'toConnectionError'> & { readonly clock: Clock };

/** Applies an effect to one HTTP request. Rejects with the errors of an HTTP client. */
export async function injectIntoExchange(
  effect: Effect,
  context: InjectionContext,
  send: () => Promise<HttpExchange>,
): Promise<HttpExchange> {
  switch (effect.kind) {
    case 'status': {
      const { status, headers, body } = toProblem(effect.status).toResponse('injected');
      return { status, headers, data: body };
    }
    case 'garbage':
      return { ...(await send()), data: GARBAGE };
    default:
      return injectIntoWork(effect, context, send);
  }
}

/**
 * Applies an effect to work of any protocol. The work is slow, hangs or loses its connection: before it starts, or after it
 * has ended for effects on the response.
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
      throw toConnectionError(createConnectionError());
    case 'slow-body': {
      const result = await work();
      await pause(clock, effect.ms, signal);
      return result;
    }
    case 'truncate':
    case 'garbage':
      await work();
      throw toConnectionError(createConnectionError());
    default:
      return effect satisfies never;
  }
}
