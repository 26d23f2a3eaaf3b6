import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports: readonly string[];
  readonly depends_on: object;
}
const readServices = (file: string) =>
  (parse(readFileSync(file, 'utf8'), { merge: true }) as { services: Record<string, Service> }).services;

const { gateway } = readServices('docker-compose.yml');
const regions = readServices('deploy/compose/regions.yml');
const south = regions['gateway-south']!;

it('gives both gateways the same settings, except for the port and the order of regions', () => {
  const {
    environment: { CATALOG_URL: catalog, RECOMMENDATIONS_URL: recommendations, ...others },
    ports,
    depends_on: needs,
    ...rest
  } = south;
  const { environment, ports: _ports, depends_on: _needs, ...north } = gateway!;
  expect(rest).toEqual(north);
  expect({ ...environment, ...others }).toEqual(environment);
  expect(Object.keys(south.environment).toSorted()).toEqual(Object.keys(environment).toSorted());
  expect([catalog, recommendations]).toEqual([
    'http://catalog-2:3001|http://catalog-1:3001',
    'http://recommendations-2:3002|http://recommendations-1:3002',
  ]);
  expect(ports).toEqual(['127.0.0.1:${GATEWAY_SOUTH_PORT:-3010}:3000']);
  expect(Object.keys(needs)).toEqual(['setup', 'redis', 'catalog-2', 'recommendations-2']);
});

it('adds the southern gateway to the targets of Prometheus', () => {
  expect(parse(readFileSync('deploy/prometheus/targets.regions.yml', 'utf8'))).toEqual([
    { targets: ['gateway-south:3000'], labels: { service: 'gateway' } },
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
