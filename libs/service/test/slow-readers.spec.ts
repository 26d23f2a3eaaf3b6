import { type Socket, connect } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serviceConfig } from '../src/config.ts';
import { CLIENT_LIMITS, createAdapter, measureProgress } from '@film-store/http-server';
import { type Service, createService, defineService } from '../src/service.ts';

/** More than the buffers of both ends of a loopback connection hold. */
const FILM = 'x'.repeat(32 * 2 ** 20);
const head = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

/** Clients that send `text` and read nothing. */
const unread: Socket[] = [];
function sendAndReadNothing(url: string, text: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).pause();
  socket.write(text);
  unread.push(socket);
  return socket;
}
const leave = (): void => {
  for (const socket of unread.splice(0)) socket.destroy();
};

describe('clients that do not read their responses', () => {
  @Controller()
  class FilmsController {
    @Get('film')
    film() {
      return FILM;
    }
  }

  @Module({ controllers: [FilmsController] })
  class FilmsModule {}

  let service: Service;
  let url: string;
  beforeEach(async () => {
    service = await createService(
      defineService({ name: 'films', config: serviceConfig({ port: 0 }), module: FilmsModule }),
      { PORT: '0', LOG_LEVEL: 'silent', OVERLOAD_LIMIT_INITIAL: '10', OVERLOAD_QUEUE: '0' },
    );
    url = await service.start();
  });
  afterEach(async () => {
    leave();
    await service.stop();
  });

  const loadShedding = async () =>
    (
      (await (await fetch(`${url}/ops/resilience`)).json()) as {
        loadShedding: { admitted: { normal: number; sheddable: number } };
      }
    ).loadShedding;
  const admitted = async (normal: number, sheddable: number) => {
    await expect.poll(async () => (await loadShedding()).admitted).toMatchObject({ normal, sheddable });
  };

  it('hold no permits, whether their requests have a handler or not', async () => {
    for (const path of ['/film', '/film', '/film', '/film', '/nowhere']) sendAndReadNothing(url, head(path));
    sendAndReadNothing(url, head('/film') + head('/nowhere').repeat(8));
    await admitted(5, 9);
    expect(await loadShedding()).toMatchObject({ inFlight: 0 });
    expect((await fetch(`${url}/film`, { method: 'HEAD' })).status).toBe(200);
  });

  it('do not count as slow work: its latency ends with the handler', async () => {
    sendAndReadNothing(url, head('/film'));
    await admitted(1, 0);
    expect(await loadShedding()).toMatchObject({ inFlight: 0, uncontendedRttMs: expect.any(Number) });
  });
});

describe('a client that reads nothing for too long loses its connection', () => {
  const adapter = createAdapter({
    trust: 'public',
    limits: { ...CLIENT_LIMITS, stalledMs: 200, checkEveryMs: 50 },
  });
  let url: string;
  const cutOff: string[] = [];
  beforeAll(async () => {
    const fastify = adapter.getInstance();
    fastify.get('/film', (request, reply) => {
      request.raw.socket.once('close', () => cutOff.push(String(request.headers['x-client'])));
      return reply.send(FILM);
    });
    url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(leave);
  afterAll(() => adapter.close());

  const film = (client: string) => `GET /film HTTP/1.1\r\nhost: x\r\nx-client: ${client}\r\n\r\n`;

  it.each([
    ['one that reads nothing of one response', 'one', '', ''],
    ['one that reads nothing of many', 'many', head('/nowhere').repeat(100), ''],
    ['one that goes on sending', 'sending', '', head('/nowhere')],
  ])('%s', async (_, name, pipelined, more) => {
    const client = sendAndReadNothing(url, film(name) + pipelined);
    const sending = setInterval(() => client.writable && client.write(more), 20);
    await expect.poll(() => cutOff).toContain(name);
    clearInterval(sending);
  });

  it('does not affect other clients', async () => {
    sendAndReadNothing(url, film('slow'));
    const served = async () => (await fetch(`${url}/nowhere`)).status;
    expect(await served()).toBe(404);
    await expect.poll(() => cutOff).toContain('slow');
    expect(await served()).toBe(404);
  });
});

describe('measureProgress', () => {
  const socket = (bytesWritten: number, writableLength: number) => ({ bytesWritten, writableLength });

  it('returns undefined if no data is pending', () => {
    expect(measureProgress(socket(100, 0), 5, { written: 100, since: 1 })).toBeUndefined();
  });

  it('begins when data is pending', () => {
    expect(measureProgress(socket(100, 40), 5, undefined)).toEqual({ written: 60, since: 5 });
  });

  it('changes when a write completes, not when more data is pending', () => {
    const before = { written: 60, since: 5 };
    expect(measureProgress(socket(500, 440), 9, before)).toBe(before);
    expect(measureProgress(socket(500, 400), 9, before)).toEqual({ written: 100, since: 9 });
  });
});
