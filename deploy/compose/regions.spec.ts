import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { platform } from '../../platform.config.ts';
import { publicService, toEnvName, toReplicas, toServices } from '../platform/derived.ts';

interface Service {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on: Readonly<Record<string, object>>;
}
const readServices = (file: string) =>
  (parse(readFileSync(file, 'utf8'), { merge: true }) as { services: Record<string, Service> }).services;

const entry = publicService(platform);
const called = toServices(platform).filter(({ name }) => name in entry.calls);
const { [entry.name]: north } = readServices('docker-compose.yml');
const regions = readServices('deploy/compose/regions.yml');
const { [`${entry.name}-south`]: south } = regions;
/** Returns the environment of a container with both files. */
const readEnvironment = (host: string) => ({
  ...readServices('docker-compose.yml')[host]?.environment,
  ...regions[host]?.environment,
});

const withoutUrls = (environment: Service['environment'] = {}) =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !called.some((service) => name === `${toEnvName(service.name)}_URL`),
    ),
  );

it('gives the public service in the south the settings of the north, except for its port and the order of regions', () => {
  const { environment, ports, depends_on: needs, ...rest } = south!;
  const { environment: northern, ports: _ports, depends_on: northernNeeds, ...others } = north!;
  expect(rest).toEqual(others);
  expect(withoutUrls(environment)).toEqual(withoutUrls(northern));
  expect(Object.keys(environment).toSorted()).toEqual(Object.keys(northern).toSorted());
  const variable = `${toEnvName(entry.name)}_SOUTH_PORT`;
  expect(ports).toEqual([`127.0.0.1:\${${variable}:-${entry.port + 10}}:${entry.port}`]);
  expect(Object.keys(northernNeeds)).toEqual(expect.arrayContaining(Object.keys(needs)));
});

it.each(called)('$name is called in the own region first, at all replicas', (service) => {
  const variable = `${toEnvName(service.name)}_URL`;
  const urls = toReplicas(service).map((host) => `http://${host}:${service.port}`);
  const inNorth = String(readEnvironment(entry.name)[variable]).split('|');
  const inSouth = String(south!.environment[variable]).split('|');
  expect(inSouth).toEqual(inNorth.toReversed());
  expect(inNorth.flatMap((region) => region.split(',')).toSorted()).toEqual(urls);
  expect(inNorth).toHaveLength(Math.min(2, urls.length));
});

const internalCalls = toServices(platform)
  .filter((service) => !service.public)
  .flatMap((service) => Object.keys(service.calls).map((other) => ({ name: service.name, service, other })));

it.each(internalCalls)('$name calls $other in the region of its replica first', ({ service, other }) => {
  const replicas = toReplicas(service);
  const found = toServices(platform).find(({ name }) => name === other)!;
  const hosts = found.public ? [other, `${other}-south`] : toReplicas(found);
  const readFirst = (host: string) => String(readEnvironment(host)[`${toEnvName(other)}_URL`]).split('|')[0];
  expect(readFirst(replicas[0]!)).toContain(`http://${hosts[0]}:${found.port}`);
  const preferred = replicas.length === 1 ? hosts[0] : hosts.at(-1);
  expect(readFirst(replicas.at(-1)!)).toContain(`http://${preferred}:${found.port}`);
});

it('adds the southern container to the targets of Prometheus', () => {
  expect(parse(readFileSync('deploy/prometheus/targets.regions.yml', 'utf8'))).toEqual([
    { targets: [`${entry.name}-south:${entry.port}`], labels: { service: entry.name } },
  ]);
  expect(regions['prometheus']).toEqual({
    volumes: ['./deploy/prometheus/targets.regions.yml:/etc/prometheus/targets.d/regions.yml:ro'],
  });
  const { scrape_configs: configs } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
    scrape_configs: { file_sd_configs: object[] }[];
  };
  expect(configs.map(({ file_sd_configs: found }) => found)).toEqual([
    [{ files: ['targets.yml', 'targets.d/*.yml'] }],
  ]);
});
