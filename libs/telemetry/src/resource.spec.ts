import { afterEach, expect, it, vi } from 'vitest';
import { readOtelEnv } from './otel-env.ts';
import { createResource, findServiceName, toPublicResource } from './resource.ts';

afterEach(() => void vi.unstubAllEnvs());

const readAttributes = async (env: Readonly<Record<string, string>> = {}) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return (await createResource(readOtelEnv(process.env).values, 'books')).attributes;
};

it('has one instance id per process, and attributes of host, process and SDK', async () => {
  const [first, second] = [await readAttributes(), await readAttributes()];
  expect(first['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ 'service.name': 'books', 'process.pid': process.pid });
  expect(Object.keys(first)).toEqual(expect.arrayContaining(['host.name', 'telemetry.sdk.version']));
});

it.each([
  ['OTEL_SERVICE_NAME', { OTEL_SERVICE_NAME: 'a', OTEL_RESOURCE_ATTRIBUTES: 'service.name=b' }, 'a'],
  ['OTEL_RESOURCE_ATTRIBUTES', { OTEL_RESOURCE_ATTRIBUTES: 'service.name=b' }, 'b'],
  ['the entry file if the variable is empty', { OTEL_SERVICE_NAME: '' }, 'books'],
])('reads the name of the service from %s', async (_, env, name) => {
  expect((await readAttributes(env))['service.name']).toBe(name);
});

it('has the namespace of the installation, unless OTEL_RESOURCE_ATTRIBUTES names one', async () => {
  expect(await readAttributes()).not.toHaveProperty(['service.namespace']);
  const create = () => createResource(readOtelEnv(process.env).values, 'books', 'staging');
  expect((await create()).attributes['service.namespace']).toBe('staging');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.namespace=other');
  expect((await create()).attributes['service.namespace']).toBe('other');
});

it('overrides detected attributes with OTEL_RESOURCE_ATTRIBUTES', async () => {
  const env = {
    OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-b,host.name=node-1,service.version=1%2C2',
  };
  expect(await readAttributes(env)).toMatchObject({
    'service.instance.id': 'pod-b',
    'host.name': 'node-1',
    'service.version': '1,2',
  });
});

it('runs only the detectors of OTEL_NODE_RESOURCE_DETECTORS', async () => {
  const attributes = await readAttributes({ OTEL_NODE_RESOURCE_DETECTORS: 'serviceinstance' });
  const groups = new Set(Object.keys(attributes).map((name) => name.split('.')[0]));
  expect(groups).toEqual(new Set(['service', 'telemetry']));
});

it('shows only the service and its deployment in a scrape', async () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test,team=films');
  const resource = toPublicResource(await createResource(readOtelEnv(process.env).values, 'books'));
  expect(Object.keys(resource.attributes).toSorted()).toEqual([
    'deployment.environment.name',
    'service.instance.id',
    'service.name',
  ]);
});

it.each([
  ['/srv/dist/apps/catalog/src/main.js', 'catalog'],
  ['C:\\shop\\dist\\apps\\gateway\\src\\main.js', 'gateway'],
  ['/srv/tools/x.js', 'unknown'],
  [undefined, 'unknown'],
])('finds in the entry file %s the name %s', (entry, service) => {
  expect(findServiceName(entry)).toBe(service);
});
