import { expect, it } from 'vitest';
import { toServerAttributes } from './spans.ts';

it.each([
  ['http://catalog-1:3001', 'catalog-1', 3001],
  ['http://[::1]:3001', '::1', 3001],
  ['http://catalog', 'catalog', 80],
  ['https://catalog', 'catalog', 443],
])('%s has the address %s and the port %i', (endpoint, address, port) => {
  expect(toServerAttributes(endpoint)).toEqual({ 'server.address': address, 'server.port': port });
});
