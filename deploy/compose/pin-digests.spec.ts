import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pinDigests } from './pin-digests.ts';
import { findDigest } from './registry.ts';

let server: Server;
let registry: string;
const toDigest = (path: string): string => `sha256:${createHash('sha256').update(path).digest('hex')}`;

/** Writes the head, and returns the body. */
function respond({ url = '', method, headers }: IncomingMessage, response: ServerResponse): [string?] {
  if (url.startsWith('/token')) return [JSON.stringify({ token: url })];
  const [, repository = ''] = /^\/v2\/(.*)\/manifests\//.exec(url) ?? [];
  const scope = `repository:${repository}:pull`;
  const token = `/token?${new URLSearchParams({ service: 'hub', scope }).toString()}`;
  const challenge = `Bearer realm="${registry}/token",service="hub",scope="${scope}"`;
  if (headers.authorization !== `Bearer ${token}`) response.writeHead(401, { 'www-authenticate': challenge });
  else if (method === 'HEAD' && headers.accept?.includes('image.index') && !url.endsWith('/absent'))
    response.writeHead(200, { 'docker-content-digest': toDigest(url) });
  else response.writeHead(404);
  return [];
}

/** Like Docker Hub, it sends digests only to clients with a token, which it gives to everybody. */
beforeAll(async () => {
  server = createServer((request, response) => {
    response.end(...respond(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

it('adds the digest to every image of other projects', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'digests-'));
  const file = join(directory, 'docker-compose.yml');
  await copyFile('docker-compose.yml', file);
  try {
    await pinDigests([file], { registry });
    const text = await readFile(file, 'utf8');
    const images = Array.from(text.matchAll(/\$\{[A-Z_]+_IMAGE:-([^}]+)\}/g), ([, image = '']) => image);
    expect(images.length).toBeGreaterThan(5);
    for (const image of images.filter((each) => !each.endsWith(':latest')))
      expect(image).toMatch(/^[\w./-]+:[\w.-]+@sha256:[\da-f]{64}$/);
    expect(text).toContain(`@${toDigest('/v2/grafana/grafana/manifests/13.2.3')}}`);
  } finally {
    await rm(directory, { recursive: true });
  }
});

it('finds official images of Docker Hub by their full name', async () => {
  expect(await findDigest('redis:8.2.1-alpine', { registry })).toBe(
    toDigest('/v2/library/redis/manifests/8.2.1-alpine'),
  );
});

it('fails for a tag that the registry does not have', async () => {
  await expect(findDigest('prom/prometheus:absent', { registry })).rejects.toThrow(
    /^prom\/prometheus:absent: no digest from .*, status 404$/,
  );
});
