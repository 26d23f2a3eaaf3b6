import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createSmallTemplate } from '../../test/support/small-template.ts';
import { platform } from '../../platform.config.ts';
import { generate } from './generated.ts';

it('removes files that a list owns and no longer makes, and keeps those beside them', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'generated-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const root = await createSmallTemplate(join(directory, 'template'));
  const stale = ['deploy/grafana/dashboards/gone.json', 'deploy/runbooks/services/gone.md'];
  const own = 'deploy/runbooks/Own.md';
  for (const path of [...stale, own]) await writeFile(join(root, path), '{}\n');

  expect((await generate(platform, root)).toSorted()).toEqual(stale);
  expect([...stale, own].filter((path) => existsSync(join(root, path)))).toEqual([own]);
  expect(await generate(platform, root)).toEqual([]);
});
