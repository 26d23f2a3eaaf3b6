import { expect, it } from 'vitest';
import { createPlatform } from '../../../../test/support/create-platform.ts';
import { toServices } from '../../derived.ts';
import { renderNetworkPolicies } from './network-policies.ts';
import { renderVariables } from './settings.ts';

const platform = createPlatform({
  web: {},
  stock: { upstreams: { payments: 'https://payments.example', 'tax-rates': 'http://rates.example:8080' } },
});

it('gives a service the addresses of servers outside the platform', () => {
  expect(renderVariables(platform, toServices(platform)[1]!)).toEqual(
    expect.arrayContaining([
      "- { name: PAYMENTS_URL, value: 'https://payments.example' }",
      "- { name: TAX_RATES_URL, value: 'http://rates.example:8080' }",
    ]),
  );
});

it('lets a service reach the ports of these servers', () => {
  const policies = renderNetworkPolicies(platform).join('\n');
  expect(policies).toContain('name: stock');
  expect(policies).toContain('port: 443');
  expect(policies).toContain('port: 8080');
});
