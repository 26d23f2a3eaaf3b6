import { describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { injectIntoExchange, injectIntoWork } from './outbound.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new VirtualClock();
  const caller = new AbortController();
  let sent = 0;
  const send = async () => {
    sent += 1;
    return { status: 200, data: '{"title":"Alien"}', headers: {} };
  };
  return { clock, caller, context: { clock, signal: caller.signal }, send, sent: () => sent };
}
const settleWith = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );

describe('an HTTP exchange', () => {
  it('is sent exactly as late as the delay', async () => {
    const { clock, context, send, sent } = setUp();
    const response = injectIntoExchange({ kind: 'delay', ms: 100 }, context, send);
    clock.advance(99);
    await settle();
    expect(sent()).toBe(0);
    clock.advance(1);
    expect(await response).toMatchObject({ status: 200 });
  });

  it('is never sent with a status, and responds with the problem of that status', async () => {
    const { context, send, sent } = setUp();
    const { status, data, headers } = await injectIntoExchange(
      { kind: 'status', status: 503 },
      context,
      send,
    );
    expect([status, headers['retry-after'], sent()]).toEqual([503, '1', 0]);
    expect(JSON.parse(data)).toMatchObject({ status: 503, code: 'unavailable' });
  });

  it.each(['hang', 'delay', 'slow-body'] as const)('ends a %s when the caller aborts', async (kind) => {
    const { context, caller, send, clock } = setUp();
    const response = settleWith(injectIntoExchange({ kind, ms: 100 }, context, send));
    await settle();
    caller.abort(new Error('aborted'));
    expect(await response).toBe('aborted');
    expect(clock.armed).toBe(0);
  });

  it.each([
    ['reset', 0],
    ['truncate', 1],
  ] as const)('loses its connection with a %s, after sending %i times', async (kind, times) => {
    const { context, send, sent } = setUp();
    expect(await settleWith(injectIntoExchange({ kind }, context, send))).toBe('ECONNRESET');
    expect(sent()).toBe(times);
  });

  it('is complete after a slow body', async () => {
    const { clock, context, send } = setUp();
    const response = injectIntoExchange({ kind: 'slow-body', ms: 100 }, context, send);
    await settle();
    expect(clock.armed).toBe(1);
    clock.advance(100);
    expect((await response).data).toBe('{"title":"Alien"}');
  });

  it('has an unreadable body with garbage', async () => {
    const { context, send } = setUp();
    const { data } = await injectIntoExchange({ kind: 'garbage' }, context, send);
    expect(() => JSON.parse(data)).toThrow(SyntaxError);
  });
});

describe('work', () => {
  it.each([
    ['status', 0],
    ['reset', 0],
    ['truncate', 1],
    ['garbage', 1],
  ] as const)(
    'fails with the connection error of its client with a %s, after running %i times',
    async (kind, times) => {
      const { context, send, sent } = setUp();
      const toConnectionError = (cause: Error) => new Error(`lost: ${cause.message}`);
      const effect = kind === 'status' ? ({ kind, status: 500 } as const) : { kind };
      expect(await settleWith(injectIntoWork(effect, { ...context, toConnectionError }, send))).toBe(
        'lost: read ECONNRESET',
      );
      expect(sent()).toBe(times);
    },
  );

  it('runs after a delay', async () => {
    const { clock, context, send, sent } = setUp();
    const done = injectIntoWork({ kind: 'delay', ms: 10 }, context, send);
    expect(sent()).toBe(0);
    clock.advance(10);
    await done;
    expect(sent()).toBe(1);
  });
});
