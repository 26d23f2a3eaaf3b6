import { once } from 'node:events';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemBody } from '@film-store/problem';
import { CLIENT_LIMITS, createAdapter } from './fastify.ts';

/** Nobody in here keeps to it, so it may be short: no test waits longer. */
const IMPATIENT = { ...CLIENT_LIMITS, headMs: 200, requestMs: 400, checkEveryMs: 50, connections: 20 };

const silent = pino({ level: 'silent' });
const adapter = createAdapter({ trust: 'public', logger: silent, limits: IMPATIENT });
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

/** Resolves with all that is answered until the server ends the connection. */
async function ended(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}

/** Keeps sending a little, often enough that the connection is never idle. */
async function trickle(socket: Socket, head: string, drop: string): Promise<string> {
  socket.write(head);
  const timer = setInterval(() => socket.write(drop), 20);
  socket.on('error', () => undefined);
  return ended(socket).finally(() => clearInterval(timer));
}

const head = 'POST /films HTTP/1.1\r\nhost: x\r\n';
const withBody = `${head}content-type: application/json\r\ncontent-length: 60000\r\n\r\n`;

describe('a sender that takes too long gets a 408 and loses its connection:', () => {
  it.each([
    ['one that sends nothing', async () => ended(await open())],
    ['one that sends half a line and waits', async () => trickle(await open(), 'POST /fi', '')],
    ['one that sends header after header', async () => trickle(await open(), head, 'x-a: b\r\n')],
    ['one that sends its body byte by byte', async () => trickle(await open(), withBody, ' ')],
    ['one that sends no body at all', async () => trickle(await open(), withBody, '')],
  ])('%s', async (_, send) => {
    const [answer = '', body = ''] = (await send()).split('\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toMatch(/connection: close/i);
    expect(problemBody.parse(JSON.parse(body))).toMatchObject({ code: 'request-timeout', retryable: true });
  });

  it('and others are served meanwhile and afterwards', async () => {
    const slow = await Promise.all(Array.from({ length: 10 }, () => open()));
    const all = slow.map((socket) => trickle(socket, head, 'x-a: b\r\n'));
    const post = () => fetch(`http://127.0.0.1:${port}/films`, { method: 'POST' });
    expect((await post()).status).toBe(200);
    expect((await Promise.all(all)).every((answer) => answer.startsWith('HTTP/1.1 408'))).toBe(true);
    expect((await post()).status).toBe(200);
  });
});

it('no more connections are held than allowed; the next one is closed without an answer', async () => {
  const patient = createAdapter({
    trust: 'public',
    logger: silent,
    limits: { ...CLIENT_LIMITS, connections: 20 },
  });
  const fastify = patient.getInstance();
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = fastify.server.address() as AddressInfo;
  const held = await Promise.all(Array.from({ length: 20 }, () => open(port)));
  const oneMore = connect(port, '127.0.0.1');
  oneMore.on('error', () => undefined);
  oneMore.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(await ended(oneMore).catch(() => '')).toBe('');
  for (const socket of held) socket.destroy();
  await patient.close();
});

it('a service allows 10 s for a head, 30 s for a request, looks every second, and holds 10,000 connections', async () => {
  const served = createAdapter({ trust: 'public', logger: silent });
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
