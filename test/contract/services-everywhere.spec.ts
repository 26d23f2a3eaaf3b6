import { describe, expect, it } from 'vitest';
import { kubernetesLists } from '../../deploy/k8s/service-lists.ts';
import { toServices } from '../../deploy/platform/derived.ts';
import { platform } from '../../platform.config.ts';
import { buildLists } from './service-lists/build.ts';
import { composeLists } from './service-lists/compose.ts';
import { prometheusLists } from './service-lists/prometheus.ts';

const services = toServices(platform);
const lists = [buildLists, composeLists, kubernetesLists, prometheusLists]
  .flat()
  // Vitest shortens a `$name`, but not a `%s`.
  .map((list) => [list.name, list] as const);

describe.each(services)('the service $name of platform.config.ts', (service) => {
  it.each(lists)('is in %s', (_, { read }) => {
    expect(read(services)).toContain(service.name);
  });
});

describe('platform.config.ts', () => {
  it.each(lists)('has every service of %s', (_, { read }) => {
    expect(services.map(({ name }) => name)).toEqual(expect.arrayContaining([...read(services)]));
  });
});
