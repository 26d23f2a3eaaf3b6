import { type NamedService, byPort, publicService, toReplicas } from '../derived.ts';
import type { List } from '../generated.ts';
import { GENERATED } from '../generated-header.ts';
import { findHosts } from './compose/region-hosts.ts';

/** The targets of Prometheus: beside the demo, in Compose, and in Compose with two regions. */
export const prometheusTargets: List = (platform) => {
  const services = byPort(platform);
  const gateway = publicService(platform);
  const toFile = (name: string, comments: readonly string[], targets: readonly string[]) => {
    const path = `deploy/prometheus/${name}.yml`;
    const lines = [GENERATED, ...comments].map((comment) => `# ${comment}`);
    return { path, render: () => [...lines, ...targets, ''].join('\n') };
  };
  return [
    toFile(
      'targets',
      [
        'These are the ports of the demo. If a variable such as GATEWAY_PORT changes a port, change it here for that time.',
        'Prometheus reloads this file by itself, and reads your own files in targets.d/ too.',
      ],
      services.flatMap((service) => renderTargets(service, ['localhost'])),
    ),
    toFile(
      'targets.compose',
      [],
      services.flatMap((service) => renderTargets(service, toReplicas(service))),
    ),
    toFile(
      'targets.regions',
      ['The target that deploy/compose/regions.yml adds to targets.compose.yml.'],
      renderTargets(gateway, findHosts(gateway, 'south')),
    ),
  ];
};

const renderTargets = ({ name, port }: NamedService, hosts: readonly string[]): string[] => [
  `- targets: [${hosts.map((host) => `'${host}:${port}'`).join(', ')}]`,
  `  labels: { service: ${name} }`,
];
