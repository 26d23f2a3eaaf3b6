import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthModule, HealthRegistry } from '@film-store/health';
import { LifecycleState } from '@film-store/core';
import { eventually } from '../../../test/support/eventually.ts';
import { definitions, onlyFor } from '../test/definitions.ts';
import { startFlagd } from '../test/flagd-stand-in.ts';
import { booleanFlag, flagDegradations } from './flag.ts';
import { FeatureFlagsModule } from './flags.module.ts';
import { Flags } from './flags.ts';
import type { FlagsOptions } from './options.ts';

const dark = booleanFlag('dark', { default: false, description: 'off by default' });
const bright = booleanFlag('bright', { default: true, description: 'on by default' });

const nothing = (): void => undefined;
const warnings: object[] = [];
const logger = {
  debug: nothing,
  info: nothing,
  warn: (line: object) => void warnings.push(line),
  error: nothing,
};

let directory: string;
let path: string;
const running: TestingModule[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flags-'));
  path = join(directory, 'flags.json');
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
  warnings.length = 0;
  await rm(directory, { recursive: true, force: true });
});

async function start(options: Partial<FlagsOptions> = {}) {
  const imports = [
    HealthModule.register(new LifecycleState()),
    FeatureFlagsModule.forRoot({ file: path, ...options, logger }),
  ];
  const app = await Test.createTestingModule({ imports }).compile();
  running.push(app);
  await app.init();
  const check = app
    .get(HealthRegistry)
    .all()
    .find(({ name }) => name === 'flags')?.check;
  if (!check) throw new Error('no indicator was registered');
  return {
    flags: app.get(Flags),
    health: async () => check({ signal: new AbortController().signal }),
  };
}

async function edit(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

describe('flags from a file', () => {
  it('have the values of the file instead of their defaults', async () => {
    await edit(definitions({ dark: 'on', bright: 'off' }));
    const { flags } = await start();
    expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: true });
    expect(await flags.boolean(bright)).toEqual({ source: 'flag', value: false });
  });

  it('change with an edit', async () => {
    await edit(definitions({ dark: 'on' }));
    const { flags } = await start();
    expect((await flags.boolean(dark)).value).toBe(true);
    await edit(definitions({ dark: 'off' }));
    await eventually(async () => expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: false }));
  });

  it('can depend on the context', async () => {
    await edit(onlyFor('dark', 'alien'));
    const { flags } = await start();
    expect((await flags.boolean(dark, { targetingKey: 'alien' })).value).toBe(true);
    expect((await flags.boolean(dark, { targetingKey: 'dune' })).value).toBe(false);
    expect((await flags.boolean(dark, { targetingKey: 'alien' })).value).toBe(true);
  });

  it('have their defaults, with a reason, while the file is deleted', async () => {
    await edit(definitions({ dark: 'on', bright: 'off' }));
    const { flags } = await start();
    await rm(path);
    await eventually(async () =>
      expect(await flags.boolean(dark)).toEqual({ source: 'default', value: false, reason: 'unreachable' }),
    );
    expect(await flags.boolean(bright)).toEqual({ source: 'default', value: true, reason: 'unreachable' });
    await edit(definitions({ dark: 'on' }));
    await eventually(async () => expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: true }));
  });

  it.each([
    ['is not JSON', '{"flags":'],
    ['does not match flagd’s schema', '{"flags":{"dark":{"state":"ENABLED"}}}'],
    ['has no flags at all', '{}'],
  ])('keep their values while the file %s', async (_, text) => {
    await edit(definitions({ dark: 'on' }));
    const { flags, health } = await start();
    await edit(text);
    await eventually(() => expect(health()).rejects.toThrow('flag'));
    expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: true });
    await edit(definitions({ dark: 'off' }));
    await eventually(async () => expect((await flags.boolean(dark)).value).toBe(false));
    expect(await health()).toMatchObject({ state: 'ready' });
  });

  it('take an edit without the flags that do not fit flagd’s schema, and name those once', async () => {
    await edit(definitions({ dark: 'on', bright: 'on' }));
    const { flags, health } = await start();
    const many = JSON.parse(
      definitions(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`f${n}`, 'on']))),
    ) as {
      flags: object;
    };
    const { flags: good } = JSON.parse(definitions({ dark: 'off' })) as { flags: object };
    const bad = { bright: { state: 'ENABLED' }, other: 7 };
    await edit(JSON.stringify({ flags: { ...bad, ...many.flags, ...good } }));
    await eventually(async () => expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: false }));
    expect(await flags.boolean(bright)).toEqual({ source: 'flag', value: true });
    await expect(health()).rejects.toThrow('definitions that do not fit the schema of flags: bright, other');
    await edit(JSON.stringify({ flags: { ...bad, ...many.flags } }));
    await eventually(async () => expect((await flags.boolean(dark)).source).toBe('default'));
    expect(warnings.filter((line) => 'event' in line && line.event === 'flags.definition_rejected')).toEqual([
      { event: 'flags.definition_rejected', from: path, flags: ['bright', 'other'] },
    ]);
    await edit(definitions({ dark: 'on', bright: 'off' }));
    await eventually(async () => expect(await health()).toMatchObject({ state: 'ready', flags: 2 }));
    expect(await flags.boolean(bright)).toEqual({ source: 'flag', value: false });
  });

  it('start with the flags that fit flagd’s schema', async () => {
    const { flags: good } = JSON.parse(definitions({ dark: 'on' })) as { flags: object };
    await edit(JSON.stringify({ flags: { ...good, bright: { state: 'ENABLED' } } }));
    const { flags } = await start();
    expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: true });
    expect(await flags.boolean(bright)).toEqual({ source: 'default', value: true, reason: 'upstream-error' });
  });

  it('have their defaults, with a reason, without a usable definition', async () => {
    await edit(
      JSON.stringify({ flags: { bright: { state: 'ENABLED', variants: { a: 'b' }, defaultVariant: 'a' } } }),
    );
    const { flags } = await start();
    expect(await flags.boolean(dark)).toEqual({ source: 'default', value: false, reason: 'upstream-error' });
    expect(await flags.boolean(bright)).toEqual({ source: 'default', value: true, reason: 'upstream-error' });
  });

  it('are separate for two services in one process', async () => {
    await edit(definitions({ dark: 'on' }));
    const other = join(directory, 'other.json');
    await writeFile(other, definitions({ dark: 'off' }));
    const [one, two] = [await start(), await start({ file: other })];
    expect((await one.flags.boolean(dark)).value).toBe(true);
    expect((await two.flags.boolean(dark)).value).toBe(false);
  });

  it('are part of the health report', async () => {
    await edit(definitions({ dark: 'on', bright: 'on' }));
    const { health } = await start();
    expect(await health()).toEqual({ state: 'ready', from: path, flags: 2, changedAt: expect.any(String) });
    await rm(path);
    await eventually(() => expect(health()).rejects.toThrow('ENOENT'));
  });
});

it('a service starts without its file and finds it later', async () => {
  const { flags } = await start();
  expect(await flags.boolean(bright)).toEqual({ source: 'default', value: true, reason: 'unreachable' });
  await edit(definitions({ bright: 'off' }));
  await eventually(async () => expect(await flags.boolean(bright)).toEqual({ source: 'flag', value: false }));
});

it('a service starts without its flagd server and finds it later', async () => {
  const stopped = await startFlagd('');
  stopped.kill();
  const { flags } = await start({ flagdHost: '127.0.0.1', flagdPort: stopped.port });
  expect(await flags.boolean(dark)).toEqual({ source: 'default', value: false, reason: 'unreachable' });
  const flagd = await startFlagd(definitions({ dark: 'on' }), stopped.port);
  await eventually(async () => expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: true }));
  flagd.push(definitions({ dark: 'off' }));
  await eventually(async () => expect(await flags.boolean(dark)).toEqual({ source: 'flag', value: false }));
  flagd.kill();
});

it('a response lists flags with their defaults once', () => {
  expect(flagDegradations({ source: 'flag', value: true })).toEqual([]);
  expect(
    flagDegradations(
      { source: 'flag', value: true },
      { source: 'default', value: true, reason: 'unreachable' },
      { source: 'default', value: false, reason: 'unreachable' },
    ),
  ).toEqual([{ feature: 'flags', reason: 'unreachable', source: 'default' }]);
});
