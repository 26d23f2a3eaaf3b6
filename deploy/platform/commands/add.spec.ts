import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platform } from '../../../platform.config.ts';
import { createFullTemplate, runPlatform } from '../../../test/support/small-template.ts';
import { readHistory } from '../history.ts';
import { runProcess } from '../node-process.ts';
import { commitAll, git } from '../working-copy.ts';

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
const ADDED = 'service film-reviews --calls catalog --called-by gateway --degradable --port 4404'.split(' ');

describe('platform add', () => {
  it('changes nothing when it rejects a cycle of critical calls', async () => {
    const cycle = ['--calls', 'catalog', '--called-by', 'catalog', '--critical'];
    const { code, output } = await add('service', 'reviews', ...cycle);
    expect(code).toBe(1);
    expect(output).toMatch(/critical calls form a cycle: .*\nNothing was changed\.\n$/);
    expect(await git(shop, 'status', '--porcelain')).toBe('');
  });

  it('adds a service to the manifest, with its calls', async () => {
    expect(await add(...ADDED)).toMatchObject(SUCCESS);
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

  it('leaves every name to a later rename', async () => {
    const old = platform.name.replaceAll('-', '.');
    await commitAll(shop, 'Add');
    expect(await runPlatform(shop, 'rename', 'acme-shop')).toMatchObject(SUCCESS);
    expect(await git(shop, 'grep', '--cached', '-il', old).catch(() => '')).toBe('');
    const manifest = await readFile(join(shop, 'platform.config.ts'), 'utf8');
    expect(manifest).toContain("  name: 'acme-shop',\n  title: 'Acme shop',\n  scope: '@acme-shop',\n");
    expect(manifest).toContain("'film-reviews': {");
    expect((await readHistory(shop))?.commands).toEqual([
      ['add', ...ADDED],
      ['rename', 'acme-shop'],
    ]);
  });
});
