import { describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { injectIntoExchange, injectIntoWork } from './outbound.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new VirtualClock();
  const left = new AbortController();
  let sent = 0;
  const send = async () => {
    sent += 1;
    return { status: 200, data: '{"title":"Alien"}', headers: {} };
  };
  return { clock, left, until: { clock, signal: left.signal }, send, sent: () => sent };
}
const ending = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );

describe('an exchange that is struck by', () => {
  it('a delay is sent later, to the millisecond', async () => {
    const { clock, until, send, sent } = setUp();
    const answer = injectIntoExchange({ kind: 'delay', ms: 100 }, until, send);
    clock.advance(99);
    await settle();
    expect(sent()).toBe(0);
    clock.advance(1);
    expect(await answer).toMatchObject({ status: 200 });
  });

  it('a status is answered with the problem of that status, and never sent', async () => {
    const { until, send, sent } = setUp();
    const { status, data, headers } = await injectIntoExchange({ kind: 'status', status: 503 }, until, send);
    expect([status, headers['retry-after'], sent()]).toEqual([503, '1', 0]);
    expect(JSON.parse(data)).toMatchObject({ status: 503, code: 'unavailable' });
  });

  it.each(['hang', 'delay', 'slow-body'] as const)('a %s ends when nobody waits any more', async (kind) => {
    const { until, left, send, clock } = setUp();
    const answer = ending(injectIntoExchange({ kind, ms: 100 }, until, send));
    await settle();
    left.abort(new Error('left'));
    expect(await answer).toBe('left');
    expect(clock.armed).toBe(0);
  });

  it.each([
    ['reset', 0],
    ['truncate', 1],
  ] as const)('a %s loses its connection, %i of it sent', async (kind, times) => {
    const { until, send, sent } = setUp();
    expect(await ending(injectIntoExchange({ kind }, until, send))).toBe('ECONNRESET');
    expect(sent()).toBe(times);
  });

  it('a slow body is whole in the end', async () => {
    const { clock, until, send } = setUp();
    const answer = injectIntoExchange({ kind: 'slow-body', ms: 100 }, until, send);
    await settle();
    expect(clock.armed).toBe(1);
    clock.advance(100);
    expect((await answer).data).toBe('{"title":"Alien"}');
  });

  it('garbage cannot be read', async () => {
    const { until, send } = setUp();
    const { data } = await injectIntoExchange({ kind: 'garbage' }, until, send);
    expect(() => JSON.parse(data)).toThrow(SyntaxError);
  });
});

describe('work that is struck by', () => {
  it.each([
    ['status', 0],
    ['reset', 0],
    ['truncate', 1],
    ['garbage', 1],
  ] as const)('%s fails as its client tells a lost connection, %i of it done', async (kind, times) => {
    const { until, send, sent } = setUp();
    const toConnectionError = (cause: Error) => new Error(`lost: ${cause.message}`);
    const effect = kind === 'status' ? ({ kind, status: 500 } as const) : { kind };
    expect(await ending(injectIntoWork(effect, { ...until, toConnectionError }, send))).toBe(
      'lost: read ECONNRESET',
    );
    expect(sent()).toBe(times);
  });

  it('a delay is done later', async () => {
    const { clock, until, send, sent } = setUp();
    const done = injectIntoWork({ kind: 'delay', ms: 10 }, until, send);
    expect(sent()).toBe(0);
    clock.advance(10);
    await done;
    expect(sent()).toBe(1);
  });
});
