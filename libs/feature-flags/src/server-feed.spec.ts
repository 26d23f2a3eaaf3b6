import { FlagdProvider } from '@openfeature/flagd-provider';
import { DefaultLogger } from '@openfeature/server-sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { definitions } from '../test/definitions.ts';
import { type FlagdStandIn, startFlagd } from '../test/flagd-stand-in.ts';
import { recorder } from '../test/listener.ts';
import { ServerFeed } from './server-feed.ts';

let flagd: FlagdStandIn;
let feed: ServerFeed;
let heard: ReturnType<typeof recorder>;

beforeEach(async () => {
  flagd = await startFlagd('one');
  heard = recorder();
  feed = new ServerFeed('127.0.0.1', flagd.port);
});
afterEach(async () => {
  await feed.stop();
  flagd.kill();
});

describe('a feed from a flagd server', () => {
  beforeEach(async () => {
    feed.start(heard);
    await vi.waitUntil(() => heard.told.length > 0, { timeout: 20_000 });
  });

  it('tells every change', async () => {
    flagd.push('two');
    await eventually(() => expect(heard.told).toEqual(['one', 'two']));
  });

  it('goes on with another stream when the server ends one in order', async () => {
    flagd.endStreams();
    await eventually(() => expect(heard.told).toEqual(['one', '(stale)', 'one']));
    flagd.push('two');
    await eventually(() => expect(heard.told).toEqual(['one', '(stale)', 'one', 'two']));
  });

  it('goes on when the server was away for a moment', async () => {
    flagd.kill();
    await eventually(() => expect(heard.told).toEqual(['one', '(stale)']));
    flagd = await startFlagd('two', flagd.port);
    await eventually(() => expect(heard.told).toEqual(['one', '(stale)', 'two']));
  });

  it('lets the last definitions go when the server stays away', async () => {
    flagd.kill();
    await eventually(() => expect(heard.told).toEqual(['one', '(stale)', '(gone)']));
  });

  it('tells nothing once it is stopped, which can be said twice', async () => {
    await Promise.all([feed.stop(), feed.stop()]);
    flagd.push('two');
    const other = recorder();
    const witness = new ServerFeed('127.0.0.1', flagd.port);
    witness.start(other);
    await eventually(() => expect(other.told).toEqual(['two']));
    await witness.stop();
    expect(heard.told).toEqual(['one']);
  });
});

it('says at once that there is no server, and finds the one that appears, with its changes', async () => {
  flagd.kill();
  feed.start(heard);
  await eventually(() => expect(heard.told[0]).toBe('(gone)'));
  flagd = await startFlagd('one', flagd.port);
  await eventually(() => expect(heard.told.at(-1)).toBe('one'));
  flagd.push('two');
  await eventually(() => expect(heard.told.at(-1)).toBe('two'));
  expect(heard.told).not.toContain('(stale)');
});

it('is tested against a server that flagd’s own client understands', async () => {
  flagd.push(definitions({ a: 'on' }));
  const options = { host: '127.0.0.1', port: flagd.port, resolverType: 'in-process' } as const;
  const provider = new FlagdProvider(options, new DefaultLogger());
  await provider.initialize();
  const { value } = await provider.resolveBooleanEvaluation('a', false, {}, new DefaultLogger());
  expect(value).toBe(true);
  await provider.onClose();
});
