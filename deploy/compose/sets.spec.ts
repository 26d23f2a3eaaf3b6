import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { platform } from '../../platform.config.ts';
import { publicService, toReplicas, toServices } from '../platform/derived.ts';

/** The containers of the services. */
const containers = toServices(platform).flatMap(toReplicas);
const entry = publicService(platform).name;
const uses = (store: 'database' | 'redis'): boolean =>
  toServices(platform).some(({ stores }) => stores.includes(store));
/** The servers that the services need. Jobs, which end before the services start, are among them. */
const servers = [
  'setup',
  ...(uses('database') ? ['databases', 'postgres'] : []),
  ...(uses('redis') ? ['redis'] : []),
];

interface Service {
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly mem_limit?: string;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart: string;
}
const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
};
const readSettings = (name: string) => parseEnv(readFileSync(`deploy/compose/${name}.env`, 'utf8'));

/** Returns the services that `up NAME` starts. */
function findStarted(name: string, started = new Set<string>()): Set<string> {
  if (started.has(name)) return started;
  started.add(name);
  for (const needed of Object.keys(services[name]?.depends_on ?? {})) findStarted(needed, started);
  return started;
}

/** Returns the sum of the memory limits in MiB. A service without a restart ends before the others start. */
const sumLimits = (names: Iterable<string>): number =>
  [...names]
    .map((name) => services[name]!)
    .filter(({ restart }) => restart !== 'no')
    .reduce((sum, { mem_limit: limit }) => sum + Number(/^(\d+)m$/.exec(limit ?? '')?.[1]), 0);

it('starts all services that do not wait for the public one, and their servers, with the public service', () => {
  const others = containers.filter((host) => host !== entry && !findStarted(host).has(entry));
  expect([...findStarted(entry)].toSorted()).toEqual([entry, ...others, ...servers].toSorted());
});

it('limits the memory of each service to 256 MiB, unless the manifest says more', () => {
  const limits = toServices(platform).map((service) => ({
    service,
    limit: sumLimits(toReplicas(service)) / toReplicas(service).length,
  }));
  for (const { service, limit } of limits)
    expect({ name: service.name, limit }).toEqual({
      name: service.name,
      limit: service.memoryMiB === undefined ? (service.public ? 256 : 224) : service.memoryMiB + 64,
    });
});

it('limits the servers to 200 MB, and with all the others to 1.8 GB', () => {
  expect(sumLimits(servers) * 2 ** 20).toBeLessThanOrEqual(192 * 2 ** 20);
  const others = Object.keys(services).filter((name) => !containers.includes(name));
  expect(sumLimits(others) * 2 ** 20).toBeLessThan(1.8e9);
});

it('sends no traces and links to no Jaeger in the minimal set', () => {
  expect(readSettings('minimal')).toEqual({
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    // #region part: control-room
    JAEGER_URL: '',
    // #endregion part: control-room
  });
  const mentions = Object.values(services).flatMap(({ environment = {} }) =>
    Object.values(environment).filter((value) => /jaeger|16686/.test(String(value))),
  );
  expect(new Set(mentions)).toEqual(
    new Set([
      '${OTEL_EXPORTER_OTLP_ENDPOINT-http://jaeger:4318}',
      ...(platform.parts.includes('control-room') ? ['${JAEGER_URL-http://localhost:16686}'] : []),
    ]),
  );
});

it('adds the services of the profile and sends all traces to the collector', () => {
  const { COMPOSE_PROFILES: profile, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = readSettings('observability');
  expect(services['grafana']!.ports).toEqual(['127.0.0.1:3003:3000']);
  // #region part: control-room
  expect(readSettings('observability')['GRAFANA_URL']).toBe('http://localhost:3003');
  // #endregion part: control-room
  expect(services[entry]!.environment?.['GRAFANA_URL']).toBe(
    platform.parts.includes('control-room') ? '${GRAFANA_URL:-}' : undefined,
  );
  const added = Object.entries(services).filter(([, { profiles = [] }]) => profiles.includes(profile!));
  expect(added.map(([name]) => name)).toEqual(['prometheus', 'grafana', 'otel-collector']);
  expect(endpoint).toBe('http://otel-collector:4318');
  for (const name of containers)
    expect([name, services[name]!.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']]).toEqual([
      name,
      '${OTEL_EXPORTER_OTLP_ENDPOINT-http://jaeger:4318}',
    ]);
});

it.each(['docs/reference/commands.md', 'deploy/README.md'])('%s has the commands of the sets', (page) => {
  const commands = ['minimal', 'observability'].map(
    (name) =>
      /^# {3}(docker compose .*)$/m.exec(readFileSync(`deploy/compose/${name}.env`, 'utf8'))?.[1] ?? 'none',
  );
  for (const command of commands) expect(readFileSync(page, 'utf8')).toContain(command);
});
