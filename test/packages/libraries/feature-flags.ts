import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const featureFlags: Library = {
  name: 'feature-flags',
  adapters: ADAPTERS,
  check: async ({ get, directory }) => {
    expect(existsSync(join(directory, 'node_modules/@grpc'))).toBe(false);
    const file = join(directory, 'flags.json');
    const define = (defaultVariant: string) => {
      const banner = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant };
      return writeFile(file, JSON.stringify({ flags: { banner } }));
    };
    const page = async (banner: object): Promise<void> => {
      const expected = { status: 200, body: { banner } };
      await expect.poll(() => get('/page'), { timeout: 20_000 }).toMatchObject(expected);
    };

    await page({ source: 'default', value: true, reason: 'unreachable' });
    await define('off');
    await page({ source: 'flag', value: false });
    await define('on');
    await page({ source: 'flag', value: true });
    await rm(file);
    await page({ source: 'default', value: true, reason: 'unreachable' });
  },
};
