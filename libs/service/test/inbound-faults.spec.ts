import { Controller, Get, Module, Post } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

let handled = 0;

@Controller()
class FilmsController {
  @Get('films')
  films() {
    handled += 1;
    return { title: 'Alien' };
  }

  @Post('films')
  add() {
    return this.films();
  }

  @Get('api/films')
  offered() {
    return this.films();
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

const serve = (isPublic: boolean): Promise<Service> =>
  createService(
    defineService({
      name: 'films',
      config: serviceConfig({ port: 0 }),
      module: FilmsModule,
      trust: isPublic ? 'public' : 'internal',
    }),
    {
      PORT: '0',
      LOG_LEVEL: 'silent',
      FAULTS_ENABLED: 'true',
      OVERLOAD_STRATEGY: 'fixed',
      OVERLOAD_LIMIT_INITIAL: '1',
    },
  );

const endAll = (url: string) => fetch(`${url}/ops/faults`, { method: 'DELETE' });
async function begin(url: string, fault: object): Promise<void> {
  const { status } = await fetch(`${url}/ops/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults: [{ point: 'inbound', ...fault }] }),
  });
  expect(status).toBe(200);
}

describe('an inbound fault', () => {
  let service: Service;
  let url: string;
  beforeAll(async () => {
    service = await serve(false);
    url = await service.start();
  });
  afterEach(async () => {
    await endAll(url);
    // There is one place only.
    if (!(await fetch(`${url}/films`)).ok) throw new Error('the place was not given back');
    handled = 0;
  });
  afterAll(() => service.stop());

  const get = (timeoutMs = 60_000) =>
    fetch(`${url}/films`, { headers: { 'x-request-timeout-ms': String(timeoutMs) } });

  it('of kind delay still sends the response', async () => {
    await begin(url, { kind: 'delay', ms: 20 });
    expect(await (await get()).json()).toEqual({ title: 'Alien' });
  });

  it('of kind delay runs no handler after the deadline', async () => {
    await begin(url, { kind: 'delay', ms: 60_000 });
    expect(await (await get(50)).json()).toMatchObject({ code: 'deadline-exceeded' });
    expect(handled).toBe(0);
  });

  it.each([
    [500, 'internal'],
    [502, 'upstream-unreachable'],
    [503, 'unavailable'],
    [504, 'upstream-timeout'],
  ])('of status %i sends the problem %s', async (status, code) => {
    await begin(url, { kind: 'status', status });
    const response = await get();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await response.json()).toMatchObject({ code, requestId: response.headers.get('x-request-id') });
  });

  it('of kind hang sends nothing until the deadline', async () => {
    await begin(url, { kind: 'hang' });
    const response = await get(100);
    expect([response.status, handled]).toEqual([504, 0]);
  });

  it('of kind hang ends when the client leaves', async () => {
    await begin(url, { kind: 'hang' });
    const leaving = new AbortController();
    const aborted = fetch(`${url}/films`, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 50);
    await expect(aborted).rejects.toThrow('aborted');
  });

  it('of kind reset closes the connection before the handler runs', async () => {
    await begin(url, { kind: 'reset' });
    await expect(get()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(handled).toBe(0);
  });

  it('of kind truncate closes the connection within the response', async () => {
    await begin(url, { kind: 'truncate' });
    const response = await get();
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '17']);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(handled).toBe(1);
  });

  it('of kind slow-body begins the response at once and completes it later', async () => {
    await begin(url, { kind: 'slow-body', ms: 50 });
    const { body } = await get();
    const pieces: string[] = [];
    for await (const piece of body ?? []) pieces.push(Buffer.from(piece as Uint8Array).toString());
    expect(pieces[0]).toBe('{"');
    expect(pieces.join('')).toBe('{"title":"Alien"}');
  });

  it('of kind garbage sends bytes that cannot be parsed', async () => {
    await begin(url, { kind: 'garbage' });
    await expect((await get()).json()).rejects.toThrow(SyntaxError);
  });

  it('affects only requests that match', async () => {
    await begin(url, { kind: 'status', status: 500, match: { method: 'POST' } });
    expect((await get()).status).toBe(200);
    expect((await fetch(`${url}/films`, { method: 'POST' })).status).toBe(500);
  });

  it('does not affect operators and probes', async () => {
    await begin(url, { kind: 'hang' });
    for (const path of ['/health/ready', '/metrics', '/ops/resilience', '/ops/faults'])
      expect((await fetch(url + path)).status).toBe(200);
  });
});

it('in a public service affects only the public API', async () => {
  const service = await serve(true);
  try {
    const url = await service.start();
    await begin(url, { kind: 'status', status: 500 });
    expect((await fetch(`${url}/api/films`)).status).toBe(500);
    expect((await fetch(`${url}/films`)).status).toBe(200);
  } finally {
    await service.stop();
  }
});
