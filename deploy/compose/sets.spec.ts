import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

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

it('starts the whole store with the gateway, in 1.5 GB', () => {
  const minimal = findStarted('gateway');
  expect([...minimal].toSorted()).toEqual(
    'catalog-1 catalog-2 gateway postgres recommendations-1 recommendations-2 redis setup'.split(' '),
  );
  expect(sumLimits(minimal)).toBe(1344);
  expect(sumLimits(minimal) * 2 ** 20).toBeLessThan(1.5e9);
});

it('limits all services to 3 GB', () => {
  expect(sumLimits(Object.keys(services)) * 2 ** 20).toBeLessThan(3e9);
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
      // #region part: control-room
      '${JAEGER_URL-http://localhost:16686}',
      // #endregion part: control-room
    ]),
  );
});

it('adds the services of the profile and sends all traces to the collector', () => {
  const { COMPOSE_PROFILES: profile, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = readSettings('observability');
  expect(services['grafana']!.ports).toEqual(['127.0.0.1:3003:3000']);
  // #region part: control-room
  expect(readSettings('observability')['GRAFANA_URL']).toBe('http://localhost:3003');
  expect(services['gateway']!.environment?.['GRAFANA_URL']).toBe('${GRAFANA_URL:-}');
  // #endregion part: control-room
  const added = Object.entries(services).filter(([, { profiles = [] }]) => profiles.includes(profile!));
  expect(added.map(([name]) => name)).toEqual(['prometheus', 'grafana', 'otel-collector']);
  expect(endpoint).toBe('http://otel-collector:4318');
  const senders = Object.entries(services).filter(([name]) =>
    /^(?:gateway|catalog|recommendations)/.test(name),
  );
  expect(senders).toHaveLength(5);
  for (const [, { environment }] of senders)
    expect(environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toMatch(/^\$\{OTEL_EXPORTER_OTLP_ENDPOINT-/);
});

it.each(['docs/reference/commands.md', 'deploy/README.md'])('%s has the commands of the sets', (page) => {
  const commands = ['minimal', 'observability'].map(
    (name) =>
      /^# {3}(docker compose .*)$/m.exec(readFileSync(`deploy/compose/${name}.env`, 'utf8'))?.[1] ?? 'none',
  );
  for (const command of commands) expect(readFileSync(page, 'utf8')).toContain(command);
});
