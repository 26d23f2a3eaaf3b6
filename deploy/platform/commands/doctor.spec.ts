import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSmallTemplate, runPlatform } from '../../../test/support/small-template.ts';

let directory: string;
let shop: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  shop = await createSmallTemplate(join(directory, 'shop'));
});
afterAll(() => rm(directory, { recursive: true }));

async function edit(path: string, before: string, after: string): Promise<void> {
  const text = await readFile(join(shop, path), 'utf8');
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
  await writeFile(join(shop, path), text.replace(before, after));
}

async function runDoctor(): Promise<{ code: number; output: string; fixes: string[] }> {
  const { code, output } = await runPlatform(shop, 'doctor');
  return { code, output, fixes: output.match(/(?<=→ ).*/g) ?? [] };
}

it('finds only the missing build in a new clone', async () => {
  expect(await runDoctor()).toMatchObject({ code: 1, fixes: ['npm run build'] });
});

it('finds what is out of step, and says what mends it', async () => {
  await mkdir(join(shop, 'apps/old'));
  await rm(join(shop, 'apps/catalog/src/main.ts'));
  await rm(join(shop, 'node_modules/opossum'));
  await edit('package.json', '"name": "', '"name": "other-');
  await edit('platform.config.ts', ", 'faults'", '');
  await edit('platform.config.ts', 'latencyMs: 250', 'latencyMs: 500');
  const region = (edge: string) => `<!-- #${edge} part: faults -->\n`;
  await writeFile(join(shop, 'notes.md'), `${region('region')}${region('endregion')}<<<<<<< yours\n`);
  const { code, output } = await runDoctor();
  expect(code).toBe(1);
  for (const problem of [
    'notes.md: conflicts with the template\n  → Choose between the marks',
    /opossum [\d.]+: not installed in this version\n {2}→ npm ci/,
    /The name in platform\.config\.ts is (.+), but the packages have other-\1\n {2}→ Set it to other-\1/,
    'apps/catalog/src/main.ts is missing\n  → Write apps/catalog/src/main.ts',
    'apps/old is no service of platform.config.ts\n  → Delete the folder (git rm -r apps/old)',
    'lines of faults, which platform.config.ts does not have\n  → Delete these regions',
    /not what platform\.config\.ts gives\n {2}→ npm run platform -- generate/,
  ])
    expect(output).toMatch(problem);
});

it('reports an invalid manifest by itself', async () => {
  await edit('platform.config.ts', 'port: 3001', 'port: 3000');
  const { code, output } = await runDoctor();
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/3000 is the port of .*\n {2}→ Correct platform\.config\.ts\.\n$/),
  });
});
