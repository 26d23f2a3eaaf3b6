import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Platform } from '../define-platform.ts';
import { publicService, toReplicas, toServices } from '../derived.ts';
import type { List } from '../generated.ts';
import { toTable } from '../markdown.ts';
import { replaceSection } from '../section.ts';
import { toLimitMiB } from './compose/containers.ts';

const README = 'deploy/README.md';

interface Container {
  readonly command?: string | readonly string[];
  readonly mem_limit?: string;
  readonly profiles?: readonly string[];
  readonly restart?: string;
}

/** The sets of containers in `deploy/README.md`, with the memory that they may use. */
export const composeSets: List = (platform, root) => [
  {
    path: README,
    render: async (current = '') => {
      const text = await readFile(join(root, 'docker-compose.yml'), 'utf8');
      const { services } = parse(text, { merge: true }) as { services: Record<string, Container> };
      const table = renderSets(platform, readServers(services));
      return replaceSection(current, 'sets', ['', table, '']);
    },
  },
];

interface Server {
  readonly name: string;
  readonly limitMiB: number;
  readonly optional: boolean;
}

/** Reads the servers beside the services. Jobs, which end before the services start, use no memory then. */
const readServers = (containers: Readonly<Record<string, Container>>): Server[] =>
  Object.entries(containers)
    .filter(([, { command = [], restart }]) => restart !== 'no' && !command.toString().includes('dist/apps/'))
    .map(([name, { mem_limit: limit = '0m', profiles = [] }]) => ({
      name,
      limitMiB: Number.parseInt(limit, 10),
      optional: profiles.length > 0,
    }));

function renderSets(platform: Platform, servers: readonly Server[]): string {
  const services = toServices(platform);
  const needed = new Set([
    ...(services.some(({ stores }) => stores.includes('database')) ? ['postgres'] : []),
    ...(services.some(({ stores }) => stores.includes('redis')) ? ['redis'] : []),
  ]);
  const own = services.reduce((sum, service) => sum + toReplicas(service).length * toLimitMiB(service), 0);
  const memory = (includes: (server: Server) => boolean) => {
    const others = servers.filter(includes).reduce((sum, { limitMiB }) => sum + limitMiB, 0);
    return `${((own + others) / 1024).toFixed(1)} GiB`;
  };
  const rows = [
    [
      'minimal',
      `the services${platform.parts.includes('control-room') ? '; the control room has the traces' : ''}`,
      memory(({ name }) => needed.has(name)),
      toCommand(`--env-file deploy/compose/minimal.env up --build ${publicService(platform).name}`),
    ],
    ['(default)', 'the same and Jaeger', memory(({ optional }) => !optional), toCommand('up --build')],
    [
      'observability',
      'the same and Prometheus, Grafana and a collector',
      memory(() => true),
      toCommand('--env-file deploy/compose/observability.env up --build'),
    ],
  ];
  return toTable(['set', 'content', 'memory limit', 'command'], rows);
}

const toCommand = (words: string): string => `\`docker compose ${words}\``;
