import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createPlatform } from '../../../../test/support/create-platform.ts';
import { k8s } from './index.ts';

const SERVICES = 'deploy/k8s/base/services';

it('has a manifest for each service, which the kustomization names', async () => {
  const entries = await k8s({ ...createPlatform({ web: {}, orders: {} }), parts: ['k8s'] }, '.');
  const files = entries.flatMap((entry) => ('path' in entry ? [entry] : []));
  expect(entries).toContainEqual({ owned: `${SERVICES}/*.yaml` });
  expect(files.map(({ path }) => path).filter((path) => path.startsWith(SERVICES))).toEqual([
    `${SERVICES}/orders.yaml`,
    `${SERVICES}/web.yaml`,
  ]);

  const kustomization = files.find(({ path }) => path.endsWith('kustomization.yaml'))!;
  const text = await kustomization.render(await readFile(kustomization.path, 'utf8'));
  expect(text).toContain('- services/orders.yaml\n  - services/web.yaml\n  # #endregion');
});
