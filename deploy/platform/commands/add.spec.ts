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
/** Every kind of addition, on top of the first one. Critics and reviews call each other. */
const OTHERS = [
  'service critics --calls film-reviews --called-by film-reviews --stores database,redis,files',
  'service prices --called-by gateway --critical --stores redis',
  'upstream tax-rates --to prices --url https://rates.example',
  'upstream prices --to critics --critical',
  'feature wishes --to catalog',
].map((words) => words.split(' '));

const readManifest = () => readFile(join(shop, 'platform.config.ts'), 'utf8');
const readStatus = () => git(shop, 'status', '--porcelain');

describe('platform add', () => {
  it('changes nothing when it rejects a cycle of critical calls', async () => {
    const cycle = ['--calls', 'catalog', '--called-by', 'catalog', '--critical'];
    const { code, output } = await add('service', 'reviews', ...cycle);
    expect(code).toBe(1);
    expect(output).toMatch(/critical calls form a cycle: .*\nNothing was changed\.\n$/);
    expect(await readStatus()).toBe('');
  });

  it('prints the changes of a dry run, and makes none', async () => {
    const { code, output } = await add('feature', 'wishes', '--to', 'catalog', '--dry-run');
    expect(code).toBe(0);
    expect(output).toContain('+++ b/apps/catalog/src/wishes/wishes.service.ts');
    expect(output).toMatch(/\d+ files would change\.\n$/);
    expect(await readStatus()).toBe('');
  });

  it('adds a service to the manifest, with its calls', async () => {
    expect(await add(...ADDED)).toMatchObject(SUCCESS);
    const manifest = await readManifest();
    expect(manifest).toContain("'film-reviews': 'degradable'");
    expect(manifest).toContain("calls: { catalog: 'critical' },");
    await commitAll(shop, 'Add');
  });

  it('has nothing to change when the same command runs again', async () => {
    expect(await add(...ADDED)).toEqual({ code: 0, output: 'Nothing to change.\n' });
  });

  it('rejects another command for the same service', async () => {
    expect(await add('service', 'film-reviews', '--port', '4405')).toEqual({
      code: 1,
      output: 'The service film-reviews exists already.\nNothing was changed.\n',
    });
    expect(await readStatus()).toBe('');
  });

  it.each(OTHERS)('adds a %s %s', async (...words) => {
    expect(await add(...words)).toMatchObject(SUCCESS);
    await commitAll(shop, words.join(' '));
  });

  it('records what it added in the manifest', async () => {
    const manifest = await readManifest();
    expect(manifest).toContain("critics: 'degradable'");
    expect(manifest).toContain("prices: 'critical'");
    expect(manifest).toContain("stores: ['database', 'redis', 'files'],");
    expect(manifest).toContain("'tax-rates': 'https://rates.example'");
  });

  it('writes code that compiles', async () => {
    // One checker takes less CPU time than several.
    const args = ['-p', 'tsconfig.json', '--checkers', '1'];
    expect(await run('@typescript/native/bin/tsc', ...args)).toEqual({ code: 0, output: '' });
  });

  it('writes code that passes lint', async () => {
    expect(
      await run('oxlint/bin/oxlint', '--deny-warnings', '--type-aware', 'apps', 'libs/contracts'),
    ).toMatchObject(SUCCESS);
  });

  it('writes specs that pass, and lists that the specs of the platform accept', async () => {
    const services = ['film-reviews', 'critics', 'prices'].map((name) => `apps/${name}/src`);
    const paths = [...services, 'apps/catalog/src/wishes', 'deploy/k8s/manifests.spec.ts', 'test/contract'];
    // One process loads the sources once: 24 instead of 37 CPU seconds.
    const inOneProcess = ['--no-isolate', '--maxWorkers=1'];
    expect(await run('vitest/vitest.mjs', 'run', ...inOneProcess, ...paths)).toEqual({
      code: 0,
      output: expect.any(String),
    });
  });

  it('leaves every name to a later rename', async () => {
    const old = platform.name.replaceAll('-', '.');
    expect(await runPlatform(shop, 'rename', 'acme-shop')).toMatchObject(SUCCESS);
    expect(await git(shop, 'grep', '--cached', '-il', old).catch(() => '')).toBe('');
    const manifest = await readManifest();
    expect(manifest).toContain("  name: 'acme-shop',\n  title: 'Acme shop',\n  scope: '@acme-shop',\n");
    expect(manifest).toContain("'film-reviews': {");
    const recorded = (await readHistory(shop))?.commands.map((words) => words.join(' '));
    const added = [ADDED, ...OTHERS].map((words) => `add ${words.join(' ')}`);
    expect(recorded).toEqual([...added, 'rename acme-shop']);
  });
});
