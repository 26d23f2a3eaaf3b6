import { afterEach, expect, it, vi } from 'vitest';
import { readOtelEnv } from './otel-env.ts';
import { createResource, publicResource } from './resource.ts';

afterEach(() => void vi.unstubAllEnvs());

const attributesWith = async (env: Readonly<Record<string, string>> = {}) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return (await createResource(readOtelEnv(process.env).values, 'books')).attributes;
};

it('has an instance id, which is one in a process, beside host, process and SDK', async () => {
  const [first, second] = [await attributesWith(), await attributesWith()];
  expect(first['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ 'service.name': 'books', 'process.pid': process.pid });
  expect(Object.keys(first)).toEqual(expect.arrayContaining(['host.name', 'telemetry.sdk.version']));
});

it.each([
  ['OTEL_SERVICE_NAME', { OTEL_SERVICE_NAME: 'a', OTEL_RESOURCE_ATTRIBUTES: 'service.name=b' }, 'a'],
  ['OTEL_RESOURCE_ATTRIBUTES', { OTEL_RESOURCE_ATTRIBUTES: 'service.name=b' }, 'b'],
  ['the entry where the name is empty', { OTEL_SERVICE_NAME: '' }, 'books'],
])('takes the name of the service from %s', async (_, env, name) => {
  expect((await attributesWith(env))['service.name']).toBe(name);
});

it('lets OTEL_RESOURCE_ATTRIBUTES replace what was detected', async () => {
  const env = {
    OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=pod-b,host.name=node-1,service.version=1%2C2',
  };
  expect(await attributesWith(env)).toMatchObject({
    'service.instance.id': 'pod-b',
    'host.name': 'node-1',
    'service.version': '1,2',
  });
});

it('detects no more than OTEL_NODE_RESOURCE_DETECTORS asks for', async () => {
  const attributes = await attributesWith({ OTEL_NODE_RESOURCE_DETECTORS: 'serviceinstance' });
  const groups = new Set(Object.keys(attributes).map((name) => name.split('.')[0]));
  expect(groups).toEqual(new Set(['service', 'telemetry']));
});

it('shows a scrape the service and its deployment only', async () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test,team=films');
  const resource = publicResource(await createResource(readOtelEnv(process.env).values, 'books'));
  expect(Object.keys(resource.attributes).toSorted()).toEqual([
    'deployment.environment.name',
    'service.instance.id',
    'service.name',
  ]);
});
