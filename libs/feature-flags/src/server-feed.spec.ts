import { setTimeout as sleep } from 'node:timers/promises';
import { FlagdProvider } from '@openfeature/flagd-provider';
import { DefaultLogger } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTcpProxy } from '../../../deploy/local/tcp-proxy.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { definitions } from '../test/definitions.ts';
import { type FlagdStandIn, startFlagd } from '../test/flagd-stand-in.ts';
import { createRecorder } from '../test/listener.ts';
import { ServerFeed } from './server-feed.ts';

let flagd: FlagdStandIn;
let feed: ServerFeed;
let recorder: ReturnType<typeof createRecorder>;

beforeEach(async () => {
  flagd = await startFlagd('one');
  recorder = createRecorder();
  feed = new ServerFeed('127.0.0.1', flagd.port);
});
afterEach(async () => {
  await feed.stop();
  flagd.kill();
});

describe('a feed from a flagd server', () => {
  beforeEach(async () => {
    feed.start(recorder);
    await vi.waitUntil(() => recorder.events.length > 0, { timeout: 20_000 });
  });

  it('reports every change', async () => {
    flagd.push('two');
    await eventually(() => expect(recorder.events).toEqual(['one', 'two']));
  });

  it('reports definitions of more than 4 MiB', async () => {
    const large = 'x'.repeat(20 * 1024 * 1024);
    flagd.push(large);
    await eventually(() => expect(recorder.events.at(-1)?.length).toBe(large.length));
    expect(recorder.events).toHaveLength(2);
  });

  it('opens another stream when the server ends one', async () => {
    flagd.endStreams();
    await eventually(() => expect(recorder.events).toEqual(['one', '(stale)', 'one']));
    flagd.push('two');
    await eventually(() => expect(recorder.events).toEqual(['one', '(stale)', 'one', 'two']));
  });

  it('continues after the server was unreachable for a moment', async () => {
    flagd.kill();
    await eventually(() => expect(recorder.events).toEqual(['one', '(stale)']));
    flagd = await startFlagd('two', flagd.port);
    await eventually(() => expect(recorder.events).toEqual(['one', '(stale)', 'two']));
  });

  it('drops the last definitions when the server stays unreachable', async () => {
    flagd.kill();
    await eventually(() => expect(recorder.events).toEqual(['one', '(stale)', '(unavailable)']));
  });

  it('reports nothing after it is stopped, even twice', async () => {
    await Promise.all([feed.stop(), feed.stop()]);
    flagd.push('two');
    const other = createRecorder();
    const reference = new ServerFeed('127.0.0.1', flagd.port);
    reference.start(other);
    await eventually(() => expect(other.events).toEqual(['two']));
    await reference.stop();
    expect(recorder.events).toEqual(['one']);
  });
});

it('reports a missing server at once, and follows the server that starts later', async () => {
  flagd.kill();
  feed.start(recorder);
  await eventually(() => expect(recorder.events[0]).toBe('(unavailable)'));
  flagd = await startFlagd('one', flagd.port);
  await eventually(() => expect(recorder.events.at(-1)).toBe('one'));
  flagd.push('two');
  await eventually(() => expect(recorder.events.at(-1)).toBe('two'));
  expect(recorder.events).not.toContain('(stale)');
});

it('notices within 40 s that the server has become silent', async () => {
  const proxy = await startTcpProxy(flagd.port);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const behind = new ServerFeed('127.0.0.1', proxy.port);
  try {
    behind.start(recorder);
    await vi.waitUntil(() => recorder.events.length > 0, { timeout: 20_000 });
    proxy.set({ request: { kind: 'black-hole' }, reply: { kind: 'black-hole' } });
    for (let second = 0; second < 40 && recorder.events.length === 1; second += 1) {
      vi.advanceTimersByTime(1000);
      // The pings pass real sockets.
      await sleep(50);
    }
    expect(recorder.events).toEqual(['one', '(stale)']);
  } finally {
    vi.useRealTimers();
    await behind.stop();
    await proxy.stop();
  }
});

it('does not take a server for silent that responds to pings', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    feed.start(recorder);
    await vi.waitUntil(() => recorder.events.length > 0, { timeout: 20_000 });
    for (let second = 0; second < 55; second += 1) {
      vi.advanceTimersByTime(1000);
      await sleep(50);
    }
    expect(recorder.events).toEqual(['one']);
  } finally {
    vi.useRealTimers();
  }
});

it('uses a test server that flagd’s own client understands', async () => {
  flagd.push(definitions({ a: 'on' }));
  const options = { host: '127.0.0.1', port: flagd.port, resolverType: 'in-process' } as const;
  const provider = new FlagdProvider(options, new DefaultLogger());
  await provider.initialize();
  const { value } = await provider.resolveBooleanEvaluation('a', false, {}, new DefaultLogger());
  expect(value).toBe(true);
  await provider.onClose();
});
