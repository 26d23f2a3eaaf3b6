import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFullTemplate, runPlatform } from '../../../test/support/small-template.ts';
import { runProcess } from '../node-process.ts';
import { git } from '../working-copy.ts';

let directory: string;
let shop: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'add-'));
  shop = await createFullTemplate(join(directory, 'shop'));
});
afterAll(() => rm(directory, { recursive: true }));

const add = (...words: string[]) => runPlatform(shop, 'add', ...words);
const run = (program: string, ...args: string[]) =>
  runProcess(shop, process.execPath, [join('node_modules', program), ...args]);
const SUCCESS = { code: 0 };

describe('platform add', () => {
  it('changes nothing when it rejects a cycle of critical calls', async () => {
    const cycle = ['--calls', 'catalog', '--called-by', 'catalog', '--critical'];
    const { code, output } = await add('service', 'reviews', ...cycle);
    expect(code).toBe(1);
    expect(output).toMatch(/critical calls form a cycle: .*\nNothing was changed\.\n$/);
    expect(await git(shop, 'status', '--porcelain')).toBe('');
  });

  it('adds a service to the manifest, with its calls', async () => {
    const service = 'service film-reviews --calls catalog --called-by gateway --degradable --port 4404';
    expect(await add(...service.split(' '))).toMatchObject(SUCCESS);
    const manifest = await readFile(join(shop, 'platform.config.ts'), 'utf8');
    expect(manifest).toContain("'film-reviews': 'degradable'");
    expect(manifest).toContain("calls: { catalog: 'critical' },");
  });

  it('writes code that compiles', async () => {
    expect(await run('typescript/bin/tsc', '-p', 'tsconfig.json')).toEqual({ code: 0, output: '' });
  });

  it('writes code that passes lint', async () => {
    expect(
      await run('oxlint/bin/oxlint', '--deny-warnings', '--type-aware', 'apps', 'libs/contracts'),
    ).toMatchObject(SUCCESS);
  });

  it('writes a spec that passes', async () => {
    expect(await run('vitest/vitest.mjs', 'run', 'apps/film-reviews')).toMatchObject(SUCCESS);
  });
});
