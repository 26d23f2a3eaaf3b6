import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byPort } from '../../derived.ts';
import { formatText } from '../../format.ts';
import type { GeneratedFile, List } from '../../generated.ts';
import { GENERATED } from '../../generated-header.ts';
import { replaceSection } from '../../section.ts';
import { renderIngress } from './ingress.ts';
import { renderNetworkPolicies } from './network-policies.ts';
import { renderSecretCommands } from './secret-commands.ts';
import { renderServiceManifest } from './service-manifest.ts';

const BASE = 'deploy/k8s/base';

/** The Kubernetes manifests of the services, and the lists of services in the other manifests. */
export const k8s: List = async (platform, root) => {
  // A removal lists what is generated after it has deleted the files.
  if (!platform.parts.includes('k8s')) return [];
  const services = byPort(platform);
  const toFile = (path: string, render: (current: string) => string | Promise<string>): GeneratedFile => ({
    path,
    render: async (current = '') => formatText(root, path, await render(current)),
  });
  const resources = services.map(({ name }) => `- ${name}.yaml`);
  const files = [
    ...services.map((service) =>
      toFile(`${BASE}/${service.name}.yaml`, () => renderServiceManifest(platform, service)),
    ),
    ...(platform.parts.includes('flags')
      ? [
          toFile(`${BASE}/flags.yaml`, async () =>
            renderFlags(await readFile(join(root, 'deploy/flags/flags.json'), 'utf8')),
          ),
        ]
      : []),
    toFile(`${BASE}/ingress.yaml`, () => renderIngress(platform)),
    toFile(`${BASE}/kustomization.yaml`, (current) => replaceSection(current, 'services', resources)),
    toFile(`${BASE}/network-policies.yaml`, (current) =>
      replaceSection(current, 'services', renderNetworkPolicies(platform)),
    ),
    toFile('deploy/k8s/README.md', (current) =>
      replaceSection(current, 'secrets', renderSecretCommands(platform)),
    ),
  ];
  return [...files, ...(await findRemoved(root, files))];
};

const renderFlags = (flags: string): string => `# ${GENERATED} Its flags are those of deploy/flags/flags.json.
# The name has no hash, so that an edit in the cluster takes effect without a restart.
apiVersion: v1
kind: ConfigMap
metadata:
  name: flags
data:
  flags.json: |
${flags.replaceAll(/^(?=.)/gm, '    ')}`;

/** Returns the generated manifests whose service or part the platform no longer has. */
async function findRemoved(root: string, kept: readonly GeneratedFile[]): Promise<GeneratedFile[]> {
  const entries = await readdir(join(root, BASE));
  const others = entries
    .map((file) => `${BASE}/${file}`)
    .filter((path) => !kept.some((file) => file.path === path));
  const texts = await Promise.all(others.map((path) => readFile(join(root, path), 'utf8')));
  return others
    .filter((_, index) => texts[index]?.startsWith(`# ${GENERATED}`))
    .map((path) => ({ path, render: () => undefined }));
}
