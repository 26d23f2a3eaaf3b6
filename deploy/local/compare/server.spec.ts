import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Comparisons } from './compare.ts';
import { type CompareServer, startCompareServer } from './server.ts';

let server: CompareServer;
beforeAll(async () => {
  server = await startCompareServer(new Comparisons(), 'http://localhost:3000/');
});
afterAll(() => server.stop());

/** Sends with any `Host`, which `fetch` does not allow. */
async function send(method: string, path: string, headers: Record<string, string> = {}, body = '') {
  const { port } = new URL(server.url);
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, method, path, headers: { host: `localhost:${port}`, ...headers } },
      resolve,
    )
      .on('error', reject)
      .end(body);
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe('the server of comparisons', () => {
  it('serves the page and its files, and no other file', async () => {
    const page = await send('GET', '/');
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    for (const [, path = ''] of page.body.matchAll(/(?:href|src)="(\/control-room\/[^"]+)"/g))
      expect([path, (await send('GET', path)).status]).toEqual([path, 200]);
    for (const path of ['/control-room/../package.json', '/control-room/tsconfig.json', '/package.json'])
      expect((await send('GET', path)).status).toBe(404);
  });

  it('reports its scenarios, and that no comparison ran', async () => {
    const { status, body } = await send('GET', '/runs');
    expect(status).toBe(200);
    const report = JSON.parse(body) as {
      scenarios: { name: string }[];
      run: unknown;
      controlRoomUrl: string;
    };
    expect(report.scenarios.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['catalog-hang', 'catalog-flaky', 'overload']),
    );
    expect([report.run, report.controlRoomUrl]).toEqual([null, 'http://localhost:3000/']);
  });

  it.each([
    ['a page of another site', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page of another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['another host name', { host: 'evil.example' }],
    ['a proxy', { 'x-forwarded-for': '192.168.0.7' }],
  ])('starts, stops and reports nothing for %s', async (_, headers) => {
    const body = '{"scenario":"catalog-hang"}';
    for (const method of ['GET', 'POST', 'DELETE'])
      expect((await send(method, '/runs', headers, method === 'POST' ? body : '')).status).toBe(403);
    expect(JSON.parse((await send('GET', '/runs')).body)).toMatchObject({ run: null });
  });

  it.each([
    ['', 'The body must be {"scenario":"NAME"}.'],
    ['{"scenario":3}', 'The body must be {"scenario":"NAME"}.'],
    ['{"scenario":"toString"}', 'compare needs one of '],
  ])('rejects the body %j', async (body, detail) => {
    const response = await send('POST', '/runs', {}, body);
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(response.body)).toMatchObject({
      title: 'Validation failed',
      detail: expect.stringContaining(detail),
    });
  });

  it('rejects other methods', async () => {
    const { status, headers } = await send('PUT', '/runs');
    expect([status, headers.allow]).toEqual([405, 'GET, POST, DELETE']);
  });
});
