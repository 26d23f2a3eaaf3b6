import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Header, Module, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

const held: (() => void)[] = [];

@Controller('films')
class FilmsController {
  @Get()
  films() {
    return [];
  }

  @Get('page')
  @Header('content-security-policy', "default-src 'self'")
  @Header('content-type', 'text/html')
  page() {
    return '<p>films</p>';
  }

  @Get('broken')
  broken() {
    throw new Error('a bug');
  }

  @Post('held')
  hold(): Promise<void> {
    return new Promise((release) => held.push(release));
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

let service: Service;
let url: string;
beforeAll(async () => {
  service = await createService(films(true), {
    PORT: '0',
    LOG_LEVEL: 'silent',
    OVERLOAD_STRATEGY: 'fixed',
    OVERLOAD_LIMIT_INITIAL: '1',
    OVERLOAD_QUEUE: '0',
  });
  url = await service.start();
});
afterAll(() => service.stop());

const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const EXPECTED = {
  'content-security-policy': NOTHING,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const large = (bytes: number) => fetch(`${url}/films`, { headers: { 'x-large': 'x'.repeat(bytes) } });
const many = (count: number) =>
  fetch(`${url}/films`, {
    headers: Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, '1'])),
  });

describe('every public response has security headers', () => {
  it.each([
    ['a response', () => fetch(`${url}/films`), 200],
    ['a probe', () => fetch(`${url}/health/live`), 200],
    ['an operator’s view', () => fetch(`${url}/ops/resilience`), 200],
    ['a bug', () => fetch(`${url}/films/broken`), 500],
    ['an unknown path', () => fetch(`${url}/no-such-path`), 404],
    ['a malformed path', () => fetch(`${url}/films/%ZZ`), 400],
    ['another method', () => fetch(`${url}/films`, { method: 'DELETE' }), 405],
    ['a long URL', () => fetch(`${url}/films?q=${'x'.repeat(5000)}`), 414],
    ['too many headers', () => many(120), 431],
    ['headers that the parser rejects', () => large(20_000), 431],
  ])('%s', async (_, send, status) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(EXPECTED);
  });

  it('a shed request', async () => {
    const holding = fetch(`${url}/films/held`, { method: 'POST' });
    while (held.length === 0) await new Promise(setImmediate);
    const response = await fetch(`${url}/films`);
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject(EXPECTED);
    held[0]?.();
    await holding;
  });
});

it('a page sets its own policy', async () => {
  const response = await fetch(`${url}/films/page`);
  expect(response.headers.get('content-security-policy')).toBe("default-src 'self'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
});

it('no response has Strict-Transport-Security or names the software', async () => {
  const { headers } = await fetch(`${url}/films`);
  expect(headers.has('strict-transport-security')).toBe(false);
  expect(headers.has('server')).toBe(false);
  expect(headers.has('x-powered-by')).toBe(false);
});

describe('a page of another origin gets no permission:', () => {
  it('a preflight is a 405 without permission', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const response = await fetch(`${url}/films`, { method: 'OPTIONS', headers });
    expect(response.status).toBe(405);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('a response carries no permission to read it', async () => {
    const response = await fetch(`${url}/films`, { headers: { origin: 'https://evil.example' } });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('headers', () => {
  const send = async (count: number): Promise<string> => {
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    const lines = Array.from({ length: count - 2 }, (_, n) => `x-${n}: 1\r\n`).join('');
    socket.write(`GET /films HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines}\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return chunk.toString().slice(0, 12);
  };

  it('may be 100', async () => {
    expect(await send(100)).toBe('HTTP/1.1 200');
  });

  it('may not be 101', async () => {
    expect(await send(101)).toBe('HTTP/1.1 431');
  });

  it('are never dropped silently', async () => {
    expect(await send(2100)).toBe('HTTP/1.1 431');
  });
});

it('an internal service sends no security headers', async () => {
  const inside = await createService(films(false), { PORT: '0', LOG_LEVEL: 'silent' });
  const { headers } = await fetch(`${await inside.start()}/films`);
  expect(headers.has('content-security-policy')).toBe(false);
  await inside.stop();
});
