import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byPort } from '../../derived.ts';
import type { GeneratedFile, List } from '../../generated.ts';
import { GENERATED } from '../../generated-header.ts';
import { replaceSection } from '../../section.ts';
import { renderIngress } from './ingress.ts';
import { renderNetworkPolicies } from './network-policies.ts';
import { renderOptionalSecretCommands, renderSecretCommands } from './secret-commands.ts';
import { renderServiceManifest } from './service-manifest.ts';

const BASE = 'deploy/k8s/base';
const README = 'deploy/k8s/README.md';
const SERVICES = `${BASE}/services`;

/** The Kubernetes manifests of the services, and the lists of services in the other manifests. */
export const k8s: List = (platform, root) => {
  const services = byPort(platform);
  const resources = services.map(({ name }) => `- services/${name}.yaml`);
  return [
    { owned: `${SERVICES}/*.yaml` },
    ...services.map((service) => ({
      path: `${SERVICES}/${service.name}.yaml`,
      render: () => renderServiceManifest(platform, service),
    })),
    ...(platform.parts.includes('flags')
      ? [
          {
            path: `${BASE}/flags.yaml`,
            render: async () => renderFlags(await readFile(join(root, 'deploy/flags/flags.json'), 'utf8')),
          },
        ]
      : []),
    { path: `${BASE}/ingress.yaml`, render: () => renderIngress(platform) },
    toSection(`${BASE}/kustomization.yaml`, 'services', resources),
    toSection(`${BASE}/network-policies.yaml`, 'services', renderNetworkPolicies(platform)),
    {
      path: README,
      render: (current = '') =>
        replaceSection(
          replaceSection(current, 'secrets', renderSecretCommands(platform)),
          'optional-secrets',
          renderOptionalSecretCommands(platform),
        ),
    },
  ];
};

const toSection = (path: string, name: string, lines: readonly string[]): GeneratedFile => ({
  path,
  render: (current = '') => replaceSection(current, name, lines),
});

const renderFlags = (flags: string): string => `# ${GENERATED} Its flags are those of deploy/flags/flags.json.
# The name has no hash, so that an edit in the cluster takes effect without a restart.
apiVersion: v1
kind: ConfigMap
metadata:
  name: flags
data:
  flags.json: |
${flags.replaceAll(/^(?=.)/gm, '    ')}`;
