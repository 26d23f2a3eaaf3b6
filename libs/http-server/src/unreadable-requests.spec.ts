import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAdapter } from './fastify.ts';
import { readToEnd, sendRaw } from '../test/raw-client.ts';

const adapter = createAdapter({ trust: 'public' });
let port: number;
/** Let the waiting handlers respond, in the order of their requests. */
let finish: (() => void)[] = [];
const placed: string[] = [];

beforeAll(async () => {
  const fastify = adapter.getInstance();
  fastify.post<{ Body: { id: string } }>('/orders', async ({ body }, reply) => {
    await new Promise<void>((resolve) => finish.push(resolve));
    placed.push(body.id);
    return reply.code(201).send({ id: body.id });
  });
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as AddressInfo);
});
afterAll(() => adapter.close());

const order = (id: string): string => {
  const body = JSON.stringify({ id });
  return `POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};
const GARBAGE = '\u0001\u0002 garbage\r\n\r\n';

const send = (text: string): Promise<Socket> => sendRaw(port, text);

/** Returns statuses and bodies until the server closes the connection. */
async function responses(socket: Socket): Promise<string[]> {
  const text = await readToEnd(socket);
  return text.split(/(?=HTTP\/1\.1)/).map((each) => `${each.slice(9, 12)} ${each.split('\r\n\r\n')[1]}`);
}

async function waitForHandlers(count: number): Promise<void> {
  await expect.poll(() => finish).toHaveLength(count);
}
function finishAll(): void {
  for (const each of finish) each();
  finish = [];
}

it('responds to a valid order with garbage behind it, then closes the connection', async () => {
  const socket = await send(order('a') + GARBAGE);
  await waitForHandlers(1);
  finishAll();
  expect(await responses(socket)).toEqual(['201 {"id":"a"}']);
  expect(placed).toEqual(['a']);
});

it('responds to pipelined orders in order, although garbage follows several times', async () => {
  const socket = await send(order('b') + order('c') + GARBAGE);
  await waitForHandlers(2);
  for (let count = 0; count < 5; count += 1) socket.write(GARBAGE);
  finishAll();
  expect(await responses(socket)).toEqual(['201 {"id":"b"}', '201 {"id":"c"}']);
});

it('responds 400 to a request with garbage in its body, after the responses to earlier requests', async () => {
  const broken =
    'POST /orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n';
  const socket = await send(`${order('d')}${broken}zz\r\n`);
  await waitForHandlers(1);
  finishAll();
  expect(await responses(socket)).toEqual([
    '201 {"id":"d"}',
    expect.stringMatching(/^400 .*validation-failed/),
  ]);
});

it('responds 400 to garbage alone', async () => {
  expect(await responses(await send(GARBAGE))).toEqual([expect.stringMatching(/^400 .*validation-failed/)]);
});

it('serves other clients after a client that sent garbage has left', async () => {
  const socket = await send(order('e') + GARBAGE);
  await waitForHandlers(1);
  socket.destroy();
  finishAll();
  await expect.poll(() => placed.at(-1)).toBe('e');
  expect(await responses(await send(GARBAGE))).toHaveLength(1);
});

it('closes the connection of a client that sends garbage and never closes its side', async () => {
  const server = adapter.getHttpServer<Server>();
  const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  await expect.poll(open).toBe(0);
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
  client.write(GARBAGE);
  await once(client, 'end');
  await expect.poll(open).toBe(0);
  client.destroy();
});
