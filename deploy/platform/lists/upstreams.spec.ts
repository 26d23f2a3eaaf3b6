import { expect, it } from 'vitest';
import { createPlatform } from '../../../test/support/create-platform.ts';
import { toServices } from '../derived.ts';
import { renderContainers } from './compose/containers.ts';
import { renderNetworkPolicies } from './k8s/network-policies.ts';
import { renderVariables } from './k8s/settings.ts';

const platform = createPlatform({
  web: {},
  stock: { upstreams: { payments: 'https://payments.example', 'tax-rates': 'http://rates.example:8080' } },
});
const stock = toServices(platform)[1]!;

it('gives a service the addresses of servers outside the platform', () => {
  expect(renderVariables(platform, stock)).toEqual(
    expect.arrayContaining([
      "- { name: PAYMENTS_URL, value: 'https://payments.example' }",
      "- { name: TAX_RATES_URL, value: 'http://rates.example:8080' }",
    ]),
  );
  expect(renderContainers(platform, { ...stock, replicas: 1 })).toEqual(
    expect.arrayContaining(['    TAX_RATES_URL: ${TAX_RATES_URL:-http://rates.example:8080}']),
  );
});

it('lets a service reach the ports of these servers', () => {
  const policies = renderNetworkPolicies(platform).join('\n');
  expect(policies).toContain('name: stock');
  expect(policies).toContain('port: 443');
  expect(policies).toContain('port: 8080');
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
