import { expect, it } from 'vitest';
import { createPlatform } from '../../../../test/support/create-platform.ts';
import { toServices } from '../../derived.ts';
import { renderContainers } from './containers.ts';

const platform = createPlatform({
  web: {},
  stock: { upstreams: { 'tax-rates': 'http://rates.example:8080' } },
});
const stock = toServices(platform)[1]!;

it('gives a service the addresses of servers outside the platform', () => {
  expect(renderContainers(platform, { ...stock, replicas: 1 })).toEqual(
    expect.arrayContaining(['    TAX_RATES_URL: ${TAX_RATES_URL:-http://rates.example:8080}']),
  );
});

it('lets a service reach these servers', () => {
  const networks = (service: typeof stock) =>
    renderContainers(platform, { ...service, replicas: 1 })
      .find((line) => line.includes('networks:'))
      ?.trim();
  expect(networks(stock)).toBe('networks: [public, data]');
  expect(networks({ ...stock, upstreams: {} })).toBe('networks: [data]');
});

it('rejects an upstream with the name of a service', () => {
  expect(() => createPlatform({ web: { upstreams: { stock: 'http://localhost:1' } }, stock: {} })).toThrow(
    'services.web.upstreams.stock: is a service: name it in `calls`',
  );
});
