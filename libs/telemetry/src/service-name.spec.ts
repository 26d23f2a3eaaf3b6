import { expect, it } from 'vitest';
import { serviceOfEntry } from './service-name.ts';

it.each([
  ['/srv/dist/apps/catalog/src/main.js', 'catalog'],
  ['C:\\shop\\dist\\apps\\gateway\\src\\main.js', 'gateway'],
  ['/srv/tools/x.js', 'unknown'],
  [undefined, 'unknown'],
])('the entry %s belongs to %s', (entry, service) => {
  expect(serviceOfEntry(entry)).toBe(service);
});
