import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createPlatform } from '../../../../test/support/create-platform.ts';
import { platform } from '../../../../platform.config.ts';
import type { Platform } from '../../define-platform.ts';
import { publicService } from '../../derived.ts';
import { k8s } from './index.ts';

const BASE = 'deploy/k8s/base';

it('removes the generated manifests of services that the platform lacks, and keeps the others', async () => {
  const root = await mkdtemp(join(tmpdir(), 'k8s-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await cp(BASE, join(root, BASE), { recursive: true });
  await writeFile(join(root, BASE, 'own.yaml'), '# Written by hand.\n');

  const smaller: Platform = { ...createPlatform({ web: {}, orders: {} }), parts: ['k8s'] };
  const rendered = new Map<string, string | undefined>();
  for (const { path, render } of await k8s(smaller, root)) {
    const current = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (path.startsWith(`${BASE}/`)) rendered.set(path.slice(BASE.length + 1), await render(current));
  }
  const written = [...rendered].filter(([, text]) => text !== undefined).map(([path]) => path);
  expect(written.toSorted()).toEqual([
    'ingress.yaml',
    'kustomization.yaml',
    'network-policies.yaml',
    'orders.yaml',
    'web.yaml',
  ]);
  const removed = [...rendered].filter(([, text]) => text === undefined).map(([path]) => path);
  expect(removed).toContain(`${publicService(platform).name}.yaml`);
  const kept = (await readdir(join(root, BASE))).filter((file) => !rendered.has(file));
  expect(kept).toEqual(expect.arrayContaining(['namespace.yaml', 'own.yaml']));
});
