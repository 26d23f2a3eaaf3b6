import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { type RequestContext, requestContext } from '@film-store/core';
import { runShared, waitForShared } from './shared-work.ts';

const OPTIONS = { name: 'read keys', timeoutMs: 60_000, priority: 'critical' } as const;

it('shared work runs with its own id, deadline and priority, and without the signal of a caller', async () => {
  const caller: RequestContext = {
    requestId: 'r-1',
    deadline: 0,
    priority: 'sheddable',
    retryAttempt: 1,
    signal: AbortSignal.abort(),
  };
  const own = await requestContext.run(caller, () => runShared(OPTIONS, async () => requestContext.get()));
  expect(Object.keys(own ?? {}).toSorted()).toEqual(['deadline', 'priority', 'requestId']);
  expect(own?.requestId).not.toBe('r-1');
  expect(own?.deadline).toBeGreaterThan(0);
  expect(own?.priority).toBe('critical');
});

it('shared work passes on its error', async () => {
  const down = new Error('down');
  await expect(runShared(OPTIONS, () => Promise.reject(down))).rejects.toBe(down);
});

it('shared work continues for the other requests when one of them ends', async () => {
  const work = Promise.withResolvers<string>();
  const request = new AbortController();
  const left = requestContext.run({ requestId: 'r-1', signal: request.signal }, () =>
    waitForShared(work.promise),
  );
  const other = requestContext.run({ requestId: 'r-2' }, () => waitForShared(work.promise));
  const reason = new Error('the client has left');
  request.abort(reason);
  await expect(left).rejects.toBe(reason);
  work.resolve('keys');
  await expect(other).resolves.toBe('keys');
});

it('a request that has ended does not wait for shared work, and no listener is left', async () => {
  const reason = new Error('the client has left');
  const ended = { requestId: 'r-1', signal: AbortSignal.abort(reason) };
  await expect(requestContext.run(ended, () => waitForShared(new Promise(() => undefined)))).rejects.toBe(
    reason,
  );
  const { signal } = new AbortController();
  await requestContext.run({ requestId: 'r-2', signal }, () => waitForShared(Promise.resolve('keys')));
  await Promise.resolve();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
