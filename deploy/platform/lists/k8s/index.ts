import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../../define-platform.ts';
import { byPort } from '../../derived.ts';
import { formatText } from '../../format.ts';
import type { GeneratedFile, List } from '../../generated.ts';
import { GENERATED } from '../../generated-header.ts';
import { replaceSection } from '../../section.ts';
import { renderNetworkPolicies } from './network-policies.ts';
import { renderSecretCommands } from './secret-commands.ts';
import { renderServiceManifest } from './service-manifest.ts';

const BASE = 'deploy/k8s/base';

/** The Kubernetes manifests of the services, and the lists of services in the other manifests. */
export const k8s: List = async (platform, root) => {
  const services = byPort(platform);
  const toFile = (path: string, render: (current: string) => string): GeneratedFile => ({
    path,
    render: async (current = '') => formatText(root, path, render(current)),
  });
  const resources = services.map(({ name }) => `- ${name}.yaml`);
  return [
    ...services.map((service) =>
      toFile(`${BASE}/${service.name}.yaml`, () => renderServiceManifest(platform, service)),
    ),
    ...(await findRemoved(platform, root)),
    toFile(`${BASE}/kustomization.yaml`, (current) => replaceSection(current, 'services', resources)),
    toFile(`${BASE}/network-policies.yaml`, (current) =>
      replaceSection(current, 'services', renderNetworkPolicies(platform)),
    ),
    toFile('deploy/k8s/README.md', (current) =>
      replaceSection(current, 'secrets', renderSecretCommands(platform)),
    ),
  ];
};

/** Returns the generated manifests whose services the platform no longer has. */
async function findRemoved(platform: Platform, root: string): Promise<GeneratedFile[]> {
  const entries = await readdir(join(root, BASE));
  const others = entries.filter((file) => !byPort(platform).some(({ name }) => file === `${name}.yaml`));
  const texts = await Promise.all(others.map((file) => readFile(join(root, BASE, file), 'utf8')));
  return others
    .filter((_, index) => texts[index]?.startsWith(`# ${GENERATED}`))
    .map((file) => ({ path: `${BASE}/${file}`, render: () => undefined }));
}
