import { readFile } from 'node:fs/promises';
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
const SERVICES = `${BASE}/services`;

/** The Kubernetes manifests of the services, and the lists of services in the other manifests. */
export const k8s: List = (platform, root) => {
  const services = byPort(platform);
  const toFile = (path: string, render: (current: string) => string | Promise<string>): GeneratedFile => ({
    path,
    render: async (current = '') => formatText(root, path, await render(current)),
  });
  const resources = services.map(({ name }) => `- services/${name}.yaml`);
  return [
    { owned: `${SERVICES}/*.yaml` },
    ...services.map((service) =>
      toFile(`${SERVICES}/${service.name}.yaml`, () => renderServiceManifest(platform, service)),
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
