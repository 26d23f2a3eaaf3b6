import { request } from 'node:http';
import { connect } from 'node:net';
import { Body, Controller, Get, HttpException, Module, Param, Post, Query } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import '@film-store/contracts';
import { Problem, problemBody } from '@film-store/problem';
import { requestContext } from '@film-store/core';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

@Controller('films')
class FilmsController {
  @Get()
  list(
    @Query({ schema: z.strictObject({ limit: z.coerce.number().int().min(1) }) }) query: { limit: number },
  ) {
    return query;
  }

  @Get('broken')
  broken() {
    throw new Error('secret detail: password=hunter2');
  }

  @Get('sold-out')
  soldOut() {
    throw new Problem('out-of-stock', { headers: { 'retry-after': '7' } });
  }

  /** Like a rate limiter for Nest or Fastify. */
  @Get('too-often')
  tooOften() {
    throw new HttpException('slow down', 429);
  }

  @Get(':id')
  one(@Param('id') id: string) {
    return { id, requestId: requestContext.get()?.requestId };
  }

  @Post()
  add(@Body({ schema: z.strictObject({ title: z.string() }) }) film: { title: string }) {
    return { ...film, requestId: requestContext.get()?.requestId };
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

const films = (isPublic: boolean) =>
  defineService({
    name: 'films',
    config: serviceConfig({ port: 0 }),
    module: FilmsModule,
    trust: isPublic ? 'public' : 'internal',
  });
const env = { PORT: '0', LOG_LEVEL: 'silent' };

let service: Service;
let url: string;

beforeAll(async () => {
  service = await createService(films(false), env);
  url = await service.start();
});
afterAll(() => service.stop());

const postJson = (body: string) =>
  fetch(`${url}/films`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

describe('a request id', () => {
  it('of an internal caller is used in the context and in the response', async () => {
    const response = await fetch(`${url}/films/alien`, { headers: { 'x-request-id': 'r-1' } });
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(await response.json()).toEqual({ id: 'alien', requestId: 'r-1' });
  });

  it('stays in the context after a body was read', async () => {
    const response = await fetch(`${url}/films`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'r-2' },
      body: JSON.stringify({ title: 'Alien' }),
    });
    expect(await response.json()).toEqual({ title: 'Alien', requestId: 'r-2' });
  });

  it('is created if the caller sends none, or an invalid one', async () => {
    const responses = await Promise.all([
      fetch(`${url}/films/alien`),
      fetch(`${url}/films/alien`, { headers: { 'x-request-id': 'not valid' } }),
    ]);
    for (const response of responses) expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is always created in a public service', async () => {
    const edge = await createService(films(true), env);
    try {
      const response = await fetch(`${await edge.start()}/films/alien`, {
        headers: { 'x-request-id': 'r-1' },
      });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    } finally {
      await edge.stop();
    }
  });
});

describe('every error is a problem with a request id', () => {
  const cases: [string, () => Promise<Response>, number, string][] = [
    ['an unknown path', () => fetch(`${url}/nope`), 404, 'not-found'],
    [
      'a method the path does not know',
      () => fetch(`${url}/films`, { method: 'DELETE' }),
      405,
      'method-not-allowed',
    ],
    ['a query of wrong form', () => fetch(`${url}/films?limit=ten`), 400, 'validation-failed'],
    ['a query of wrong value', () => fetch(`${url}/films?limit=0`), 422, 'validation-failed'],
    ['an unknown parameter', () => fetch(`${url}/films?limit=1&limt=2`), 400, 'validation-failed'],
    [
      'a prototype key in the query',
      () => fetch(`${url}/films?limit=1&__proto__=x`),
      400,
      'validation-failed',
    ],
    ['a path with a bad escape', () => fetch(`${url}/films/%ZZ`), 400, 'validation-failed'],
    ['a long parameter', () => fetch(`${url}/films/${'x'.repeat(201)}`), 414, 'uri-too-long'],
    [
      'a URL above the limit',
      () => fetch(`${url}/films?limit=1&q=${'x'.repeat(10_000)}`),
      414,
      'uri-too-long',
    ],
    ['broken JSON', () => postJson('{"title":'), 400, 'validation-failed'],
    ['no body', () => postJson(''), 400, 'validation-failed'],
    ['no body, of no type', () => fetch(`${url}/films`, { method: 'POST' }), 400, 'validation-failed'],
    [
      'a member twice, however it is spelt',
      () => postJson('{"title":"x","t\\u0069tle":"y"}'),
      400,
      'validation-failed',
    ],
    ['an integer that loses digits', () => postJson('{"title":9007199254740993}'), 400, 'validation-failed'],
    ['a prototype key', () => postJson('{"title":"x","__proto__":{}}'), 400, 'validation-failed'],
    ['deep JSON', () => postJson('['.repeat(20_000) + ']'.repeat(20_000)), 400, 'validation-failed'],
    [
      'a body of 2 MiB',
      () => postJson(JSON.stringify({ title: 'x'.repeat(2 ** 21) })),
      413,
      'payload-too-large',
    ],
    [
      'a form',
      () => fetch(`${url}/films`, { method: 'POST', body: new URLSearchParams('title=x') }),
      415,
      'unsupported-media-type',
    ],
    ['plain text', () => fetch(`${url}/films`, { method: 'POST', body: 'x' }), 415, 'unsupported-media-type'],
    ['a problem of ours', () => fetch(`${url}/films/sold-out`), 409, 'out-of-stock'],
    ['a rate limit of the framework', () => fetch(`${url}/films/too-often`), 429, 'rate-limited'],
    ['a bug', () => fetch(`${url}/films/broken`), 500, 'internal'],
  ];

  it.each(cases)('%s', async (_, send, status, code) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const body = problemBody.parse(await response.json());
    expect(body).toMatchObject({ status, code, requestId: response.headers.get('x-request-id') });
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it.each<Record<string, string>>([
    { 'content-type': 'application/json; charset="UTF-8"' },
    { 'content-type': 'application/json', 'content-encoding': 'Identity' },
  ])('for a body with an unsupported type or coding: %o', async (headers) => {
    const response = await fetch(`${url}/films`, { method: 'POST', headers, body: '{"title":"Alien"}' });
    expect(response.status).toBe(201);
  });

  it('for a compressed body, which names the supported coding', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const response = await fetch(`${url}/films`, { method: 'POST', headers, body: '{"title":"Alien"}' });
    expect([response.status, response.headers.get('accept-encoding')]).toEqual([415, 'identity']);
  });

  it('for an unknown method, which lists the methods of the path', async () => {
    const response = await fetch(`${url}/films`, { method: 'DELETE' });
    expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST']);
  });

  it('with the headers of the problem', async () => {
    expect((await fetch(`${url}/films/sold-out`)).headers.get('retry-after')).toBe('7');
  });

  it.each([
    [
      'headers that are too large',
      `GET /films/alien HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['no host', 'GET /films/alien HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['two hosts', 'GET /films/alien HTTP/1.1\r\nhost: x\r\nHost: x\r\nconnection: close\r\n\r\n', 400],
    ['no path', 'GET * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['a URL without one', 'GET http://x?a HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
    ['bytes that are not HTTP', 'GARBAGE\r\n\r\n', 400],
    [
      'two lengths',
      'POST /films HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
    ],
  ])('%s', async (_, bytes, status) => {
    const response = await exchange(bytes);
    const [head = '', body = ''] = response.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain(`x-request-id: ${problemBody.parse(JSON.parse(body)).requestId}`);
  });

  it.each([
    ['an absolute URL', 'GET HTTP://x:1/films/alien?a=/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['HTTP/1.0 knows no host', 'GET /films/alien HTTP/1.0\r\n\r\n'],
    [
      'one host, and a header whose value is its name',
      'GET /films/alien HTTP/1.1\r\nx: host\r\nHOST: x\r\nconnection: close\r\n\r\n',
    ],
    [
      'an unknown expectation',
      'GET /films/alien HTTP/1.1\r\nhost: x\r\nexpect: tea\r\nconnection: close\r\n\r\n',
    ],
  ])('is accepted: %s', async (_, bytes) => {
    expect(await exchange(bytes)).toMatch(/^HTTP\/1.1 200 /);
  });
});

it('responds to requests in flight before it stops, and can be stopped twice', async () => {
  const stopping = await createService(films(false), env);
  const address = new URL(await stopping.start());
  // The server has the headers of this request, but not its whole body, when it stops.
  const slow = request(address, {
    path: '/films',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  const pendingResponse = new Promise<number | undefined>((resolve, reject) => {
    slow.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  await new Promise<void>((resolve) => slow.write('{"title":', () => resolve()));
  await fetch(new URL('/health/live', address));
  const stopped = stopping.stop();
  slow.end('"Alien"}');
  expect(await pendingResponse).toBe(201);
  await stopped;
  await stopping.stop();
  await expect(fetch(address)).rejects.toThrow();
});

it.each([
  ['a service inside', false, 'true'],
  ['the edge', true, null],
])('%s that drains ends connections, and announces it to services only', async (_, isPublic, header) => {
  const draining = await createService(films(isPublic), { ...env, DRAIN_WAIT_MS: '60000' });
  const address = await draining.start();
  const { headers } = await fetch(`${address}/films/alien`);
  expect([headers.get('connection'), headers.get('x-service-draining')]).toEqual(['keep-alive', null]);
  const stopped = draining.stop();
  for (const path of ['/films/alien', '/films/broken', '/nothing']) {
    const { headers: late } = await fetch(address + path);
    expect([late.get('connection'), late.get('x-service-draining')]).toEqual(['close', header]);
  }
  draining.forceShutdown();
  await stopped;
});

/** Sends raw bytes and returns all received bytes. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let response = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => (response += chunk));
    socket.on('end', () => resolve(response)).on('error', reject);
  });
}
