import { expect, it } from 'vitest';
import { type RequestContext, monotonicNow, requestContext } from '@film-store/core';
import { Idempotency } from './idempotency.ts';
import { memoryStore } from './memory-store.ts';
import type { IdempotencyStore } from './store.ts';

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };

it('calls the store in the context of the request, without its deadline and its signal', async () => {
  const contexts: Record<string, RequestContext | undefined> = {};
  const memory = memoryStore();
  const store: IdempotencyStore = {
    ...memory,
    claim: (...args) => {
      contexts['claim'] = requestContext.get();
      return memory.claim(...args);
    },
    release: (...args) => {
      contexts['release'] = requestContext.get();
      return memory.release(...args);
    },
  };
  const idempotency = new Idempotency({ store, whenStoreFails: 'reject' }, silent);
  const rest = { requestId: 'r-1', priority: 'critical', retryAttempt: 1 } as const;
  const serving = { ...rest, deadline: monotonicNow() + 1000, signal: new AbortController().signal };
  const request = { id: 'order', fingerprint: 'f' };
  const rejected = requestContext.run(serving, () =>
    idempotency.serve(request, async () => ({ outcome: 'not-executed', thrown: new Error('no') })),
  );
  await expect(rejected).rejects.toThrow('no');
  expect(contexts).toEqual({ claim: rest, release: rest });
});
