import { type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LifecycleState } from '@film-store/core';
import { connectionEndPlugin } from './connection-end.ts';
import { createAdapter } from './fastify.ts';
import { readToEnd, sendRaw } from '../test/raw-client.ts';

const LARGE = 70_000;

let adapter: ReturnType<typeof createAdapter>;
let phase: LifecycleState;
let port: number;
let placed: string[];
/** Let the handlers respond. */
let finish: (() => void)[];

beforeEach(async () => {
  placed = [];
  finish = [];
  phase = new LifecycleState();
  phase.serve();
  adapter = createAdapter({ trust: 'public' });
  const fastify = adapter.getInstance();
  await fastify.register(connectionEndPlugin, { phase });
  fastify.post<{ Params: { id: string } }>('/orders/:id', async ({ params }) => {
    placed.push(params.id);
    await new Promise<void>((resolve) => finish.push(resolve));
    return params.id;
  });
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as AddressInfo);
});
afterEach(() => adapter.close());

const order = (id: string, length = 0) =>
  `POST /orders/${id} HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n${length > 0 ? 'content-type: application/json\r\n' : ''}\r\n${'x'.repeat(length)}`;

const send = (text: string): Promise<Socket> => sendRaw(port, text);
/** Returns the status and `Connection` of all responses until the server closes the connection. */
async function responses(socket: Socket): Promise<string[]> {
  const text = await readToEnd(socket);
  const heads = text.matchAll(/HTTP\/1\.1 (\d+)[^]*?\r\nconnection: (\S+)\r\n/gi);
  return Array.from(heads, ([, status, connection]) => `${status} ${connection?.toLowerCase()}`);
}

it('sends the responses to all pipelined orders when a drain begins, and closes the connection with the last one', async () => {
  const client = await send(order('a') + order('b') + order('c'));
  await expect.poll(() => finish).toHaveLength(3);
  phase.drain();
  // The last one is ready first.
  for (const each of finish.toReversed()) each();
  expect(await responses(client)).toEqual(['200 keep-alive', '200 keep-alive', '200 close']);
});

it('does not place an order behind a request that closes the connection', async () => {
  const client = await send(order('a') + order('large', LARGE) + order('b'));
  await expect.poll(() => finish).toHaveLength(1);
  for (const each of finish) each();
  expect(await responses(client)).toEqual([expect.stringContaining('200'), '413 close']);
  expect(placed).toEqual(['a']);
});
