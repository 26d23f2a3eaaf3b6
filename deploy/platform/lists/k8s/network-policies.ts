import type { Platform } from '../../define-platform.ts';
import { type NamedService, byPort, findCallers, toPort, toServices } from '../../derived.ts';

/** Renders a policy for each service with its callers and the called services, and one for each kind of server. */
export function renderNetworkPolicies(platform: Platform): string[] {
  const services = byPort(platform);
  const policies = [
    ...services.map((service) => renderServicePolicy(platform, service)),
    ...renderServerPolicies(services),
  ];
  return policies.filter((policy) => policy.length > 0).flatMap((policy) => ['---', policy].flat());
}

/** Renders nothing for a service without callers, calls and upstreams: its pods have no connection beyond those of all pods. */
function renderServicePolicy(platform: Platform, service: NamedService): string[] {
  const { name, calls, upstreams } = service;
  const called = toServices(platform).filter((each) => each.name in calls);
  const callers = findCallers(platform, name);
  const from = [
    ...(service.public
      ? ['- namespaceSelector:', '    matchLabels: { kubernetes.io/metadata.name: ingress-nginx }']
      : []),
    ...callers.flatMap((caller) => renderPodSelector(caller.name)),
  ];
  const to = [...called.flatMap(renderEgress), ...renderOutside(upstreams)];
  const types = [...(from.length > 0 ? ['Ingress'] : []), ...(to.length > 0 ? ['Egress'] : [])];
  if (types.length === 0) return [];
  return [
    ...renderHead(name),
    '  podSelector:',
    `    matchLabels: { app.kubernetes.io/name: ${name} }`,
    `  policyTypes: [${types.join(', ')}]`,
    ...(from.length > 0
      ? ['  ingress:', '    - from:', ...indent(8, from), '      ports:', `        - ${PORT_HTTP}`]
      : []),
    ...(to.length > 0 ? ['  egress:', ...to] : []),
  ];
}

const PORT_HTTP = '{ protocol: TCP, port: http }';

const renderEgress = ({ name, port }: NamedService): string[] => [
  '    - to:',
  ...indent(8, renderPodSelector(name)),
  '      ports:',
  `        - { protocol: TCP, port: ${port} }`,
];

function renderOutside(upstreams: NamedService['upstreams']): string[] {
  const ports = new Set(Object.values(upstreams).map(toPort));
  return ports.size === 0
    ? []
    : [
        `    # Outside the cluster: ${Object.keys(upstreams).join(', ')}. An overlay can name their addresses.`,
        '    - ports:',
        ...Array.from(ports, (port) => `        - { protocol: TCP, port: ${port} }`),
      ];
}

const renderPodSelector = (name: string): string[] => [
  '- podSelector:',
  `    matchLabels: { app.kubernetes.io/name: ${name} }`,
];

/** The servers outside the cluster, with the store that needs each. */
const SERVERS = [
  { name: 'redis', store: 'redis', port: 6379 },
  { name: 'postgres', store: 'database', port: 5432 },
] as const;

const renderServerPolicies = (services: readonly NamedService[]): string[][] =>
  SERVERS.map(({ name, store, port }) => {
    const clients = services.filter(({ stores }) => stores.includes(store)).map((service) => service.name);
    return clients.length === 0 ? [] : renderServerPolicy(name, clients, port);
  });

const renderServerPolicy = (name: string, clients: readonly string[], port: number): string[] => [
  '# This server runs outside the cluster; the production overlay has its address.',
  ...renderHead(name),
  '  podSelector:',
  '    matchExpressions:',
  `      - { key: app.kubernetes.io/name, operator: In, values: [${clients.join(', ')}] }`,
  '  policyTypes: [Egress]',
  '  egress:',
  '    - ports:',
  `        - { protocol: TCP, port: ${port} }`,
];

const renderHead = (name: string): string[] => [
  'apiVersion: networking.k8s.io/v1',
  'kind: NetworkPolicy',
  'metadata:',
  `  name: ${name}`,
  'spec:',
];

const indent = (blanks: number, lines: readonly string[]): string[] =>
  lines.map((line) => `${' '.repeat(blanks)}${line}`);
