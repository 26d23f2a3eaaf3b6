import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeWithEngine } from '../../../test/engines/engine.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { booleanFlag } from '../src/flag.ts';
import { FeatureFlagsModule } from '../src/flags.module.ts';
import { Flags } from '../src/flags.ts';
import { ServerFeed } from '../src/server-feed.ts';
import { definitions, onlyFor } from './definitions.ts';
import { type Flagd, startRealFlagd } from './flagd.ts';
import { createRecorder } from './listener.ts';

const dark = booleanFlag('dark', { default: false, description: 'off by default' });
const bright = booleanFlag('bright', { default: true, description: 'on by default' });

describeWithEngine('flagd', ['flagd'], (program) => {
  let flagd: Flagd;
  let app: TestingModule;
  let flags: Flags;
  let events: { readonly event: string; readonly flags?: readonly string[] }[];

  beforeEach(async () => {
    flagd = await startRealFlagd(program, definitions({ dark: 'on' }));
    events = [];
    const record = (fields: object): void => void events.push(fields as (typeof events)[number]);
    const logger = { debug: () => undefined, info: record, warn: record, error: record };
    const options = { flagdHost: '127.0.0.1', flagdPort: flagd.port, logger };
    app = await Test.createTestingModule({ imports: [FeatureFlagsModule.forRoot(options)] }).compile();
    await app.init();
    flags = app.get(Flags);
    await vi.waitUntil(async () => (await flags.boolean(dark)).value, { timeout: 20_000 });
  });
  afterEach(async () => {
    await app.close();
    await flagd.close();
  });

  const becomes = (value: boolean) =>
    eventually(async () => expect(await flags.boolean(dark)).toEqual({ source: 'flag', value }));
  const named = (name: string) => events.filter(({ event }) => event === name);

  it('serves the flags of the store, to which it has no objections', async () => {
    const text = await readFile('deploy/flags/flags.json', 'utf8');
    await flagd.write(text);
    const { flags: shipped } = JSON.parse(text) as { flags: Record<string, { defaultVariant: string }> };
    for (const [key, { defaultVariant }] of Object.entries(shipped)) {
      const flag = booleanFlag(key, { default: defaultVariant === 'off', description: '' });
      await eventually(async () =>
        expect(await flags.boolean(flag)).toEqual({ source: 'flag', value: defaultVariant === 'on' }),
      );
    }
    expect(flagd.log.filter((line) => /warn|error/i.test(line))).toEqual([]);
  });

  it('sends every edit of its file, with rules', async () => {
    await flagd.write(definitions({ dark: 'off' }));
    await becomes(false);
    await flagd.write(onlyFor('dark', 'alien'));
    await eventually(async () =>
      expect((await flags.boolean(dark, { targetingKey: 'alien' })).value).toBe(true),
    );
    expect((await flags.boolean(dark, { targetingKey: 'dune' })).value).toBe(false);
  });

  it('sends sets of more than 4 MiB', async () => {
    const large = JSON.parse(definitions({ dark: 'off' })) as { flags: object };
    const metadata = { description: 'x'.repeat(5 * 1024 * 1024) };
    const { other } = (JSON.parse(definitions({ other: 'on' })) as { flags: { other: object } }).flags;
    await flagd.write(JSON.stringify({ flags: { ...large.flags, other: { ...other, metadata } } }));
    await becomes(false);
    expect(named('flags.stale')).toEqual([]);
  });

  it('sends definitions that do not fit its schema, and the others apply', async () => {
    const { flags: good } = JSON.parse(definitions({ dark: 'off' })) as { flags: object };
    await flagd.write(JSON.stringify({ flags: { ...good, bright: { state: 'on' } } }));
    await becomes(false);
    expect(await flags.boolean(bright)).toMatchObject({ source: 'default', value: true });
    expect(named('flags.definition_rejected')).toMatchObject([{ flags: ['bright'] }]);
  });

  it('is followed again after a restart', async () => {
    await flagd.stop();
    await eventually(() => expect(named('flags.stale')).toHaveLength(1));
    await flagd.write(definitions({ dark: 'off' }));
    await flagd.start();
    await becomes(false);
  });

  it('is missed within 40 s when it becomes silent', async () => {
    // Clients of one server share a connection, and that of the other client has real timers.
    const silent = await startRealFlagd(program, definitions({ dark: 'on' }));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const recorder = createRecorder();
    const feed = new ServerFeed('127.0.0.1', silent.port);
    try {
      feed.start(recorder);
      await vi.waitUntil(() => recorder.events.length > 0, { timeout: 20_000 });
      silent.pause();
      for (let second = 0; second < 40 && recorder.events.length === 1; second += 1) {
        vi.advanceTimersByTime(1000);
        // The pings pass real sockets.
        await sleep(50);
      }
      expect(recorder.events.slice(1)).toEqual(['(stale)']);
    } finally {
      vi.useRealTimers();
      await feed.stop();
      await silent.close();
    }
  });

  it('accepts the pings, though versions before 0.16.1 permit one in five minutes', async () => {
    const strict = await startRealFlagd(program, definitions({ dark: 'on' }), [
      '--keep-alive-min-time',
      '5m',
    ]);
    const recorder = createRecorder();
    const feed = new ServerFeed('127.0.0.1', strict.port);
    try {
      feed.start(recorder);
      // The fourth ping of one stream, after two minutes, would end the connection.
      await sleep(150_000);
      expect(recorder.events.length).toBeGreaterThan(0);
      expect(recorder.events.filter((event) => event.startsWith('('))).toEqual([]);
    } finally {
      await feed.stop();
      await strict.close();
    }
  });
});
