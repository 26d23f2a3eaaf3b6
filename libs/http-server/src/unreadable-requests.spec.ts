import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAdapter } from './fastify.ts';
import { readToEnd, sendRaw } from '../test/raw-client.ts';

const adapter = createAdapter({ trust: 'public', logger: pino({ level: 'silent' }) });
let port: number;
/** Makes the handlers that wait respond, the first one first. */
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

/** Returns all that the server sends until it closes the connection: status lines and bodies. */
async function responses(socket: Socket): Promise<string[]> {
  const text = await readToEnd(socket);
  return text.split(/(?=HTTP\/1\.1)/).map((each) => `${each.slice(9, 12)} ${each.split('\r\n\r\n')[1]}`);
}

async function handlers(count: number): Promise<void> {
  await expect.poll(() => finish).toHaveLength(count);
}
function finishAll(): void {
  for (const each of finish) each();
  finish = [];
}

it('a valid order with garbage after it gets its own response, then the connection closes', async () => {
  const socket = await send(order('a') + GARBAGE);
  await handlers(1);
  finishAll();
  expect(await responses(socket)).toEqual(['201 {"id":"a"}']);
  expect(placed).toEqual(['a']);
});

it('pipelined orders with garbage after them get their responses in order, however often garbage comes', async () => {
  const socket = await send(order('b') + order('c') + GARBAGE);
  await handlers(2);
  for (let count = 0; count < 5; count += 1) socket.write(GARBAGE);
  finishAll();
  expect(await responses(socket)).toEqual(['201 {"id":"b"}', '201 {"id":"c"}']);
});

it('a request whose body turns into garbage gets a 400 after the responses to those before it', async () => {
  const broken =
    'POST /orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n';
  const socket = await send(`${order('d')}${broken}zz\r\n`);
  await handlers(1);
  finishAll();
  expect(await responses(socket)).toEqual([
    '201 {"id":"d"}',
    expect.stringMatching(/^400 .*validation-failed/),
  ]);
});

it('garbage alone gets a 400 at once', async () => {
  expect(await responses(await send(GARBAGE))).toEqual([expect.stringMatching(/^400 .*validation-failed/)]);
});

it('a client that leaves after its garbage ends nothing but its own connection', async () => {
  const socket = await send(order('e') + GARBAGE);
  await handlers(1);
  socket.destroy();
  finishAll();
  await expect.poll(() => placed.at(-1)).toBe('e');
  expect(await responses(await send(GARBAGE))).toHaveLength(1);
});

it('a client that sends garbage and never closes its side holds no connection', async () => {
  const server = adapter.getHttpServer<Server>();
  const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  await expect.poll(open).toBe(0);
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
  client.write(GARBAGE);
  await once(client, 'end');
  await expect.poll(open).toBe(0);
  client.destroy();
});
