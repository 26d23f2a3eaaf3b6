import { once } from 'node:events';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemBody } from '@film-store/problem';
import { CLIENT_LIMITS, createAdapter } from './fastify.ts';

/** Short limits, because every client in this test exceeds them. */
const SHORT_LIMITS = { ...CLIENT_LIMITS, headMs: 200, requestMs: 400, checkEveryMs: 50, connections: 20 };

const adapter = createAdapter({ trust: 'public', limits: SHORT_LIMITS });
let port: number;

beforeAll(async () => {
  const fastify = adapter.getInstance();
  fastify.post('/films', (_, reply) => reply.send({}));
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as AddressInfo);
});
afterAll(() => adapter.close());

async function open(at = port): Promise<Socket> {
  const socket = connect(at, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** Returns all bytes until the server ends the connection. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

/** Sends a few bytes every 20 ms, so that the connection is never idle. */
async function trickle(socket: Socket, head: string, drop: string): Promise<string> {
  socket.write(head);
  const timer = setInterval(() => socket.write(drop), 20);
  socket.on('error', () => undefined);
  return readAll(socket).finally(() => clearInterval(timer));
}

const head = 'POST /films HTTP/1.1\r\nhost: x\r\n';
const withBody = `${head}content-type: application/json\r\ncontent-length: 60000\r\n\r\n`;

describe('a slow client', () => {
  it.each([
    ['sends nothing', async () => readAll(await open())],
    ['sends half a line and waits', async () => trickle(await open(), 'POST /fi', '')],
    ['sends header after header', async () => trickle(await open(), head, 'x-a: b\r\n')],
    ['sends its body byte by byte', async () => trickle(await open(), withBody, ' ')],
    ['sends no body', async () => trickle(await open(), withBody, '')],
  ])('gets a 408 and loses its connection: %s', async (_, send) => {
    const [head = '', body = ''] = (await send()).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1.1 408 /);
    expect(head).toMatch(/connection: close/i);
    expect(problemBody.parse(JSON.parse(body))).toMatchObject({ code: 'request-timeout', retryable: true });
  });

  it('does not affect other clients', async () => {
    const slow = await Promise.all(Array.from({ length: 10 }, () => open()));
    const all = slow.map((socket) => trickle(socket, head, 'x-a: b\r\n'));
    const post = () => fetch(`http://127.0.0.1:${port}/films`, { method: 'POST' });
    expect((await post()).status).toBe(200);
    expect((await Promise.all(all)).every((response) => response.startsWith('HTTP/1.1 408'))).toBe(true);
    expect((await post()).status).toBe(200);
  });
});

it('closes a connection above the limit without a response', async () => {
  const limited = createAdapter({
    trust: 'public',
    limits: { ...CLIENT_LIMITS, connections: 20 },
  });
  const fastify = limited.getInstance();
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = fastify.server.address() as AddressInfo;
  const held = await Promise.all(Array.from({ length: 20 }, () => open(port)));
  const next = connect(port, '127.0.0.1');
  next.on('error', () => undefined);
  next.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await readAll(next).catch(() => '')).toBe('');
  for (const socket of held) socket.destroy();
  await limited.close();
});

it('allows 10 s for headers, 30 s for a request and 10,000 connections, and checks every second', async () => {
  const served = createAdapter({ trust: 'public' });
  expect(served.getHttpServer()).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    maxConnections: 10_000,
    maxHeadersCount: 0,
  });
  expect(CLIENT_LIMITS).toMatchObject({ checkEveryMs: 1000, stalledMs: 30_000 });
  await served.close();
});
