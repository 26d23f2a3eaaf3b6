import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { findPostgres, startPostgres } from '../../support/postgres.ts';
import { startCountingProxy } from './counting-proxy.ts';

async function startProxy(target: number) {
  const proxy = await startCountingProxy(target);
  onTestFinished(() => proxy.stop());
  return proxy;
}

it.skipIf(findPostgres() === undefined)('counts a statement as a round trip', async () => {
  const server = await startPostgres(findPostgres()!);
  onTestFinished(() => server.stop());
  const proxy = await startProxy(Number(new URL(server.url).port));
  const client = new Client({ connectionString: server.url.replace(/:\d+\//, `:${proxy.port}/`) });
  await client.connect();
  const connected = proxy.roundTrips();
  for (let statement = 0; statement < 5; statement++) await client.query('select 1');
  expect(proxy.roundTrips() - connected).toBe(5);
  await client.end();
});

it('counts what a client sends without waiting as one', async () => {
  let received = '';
  const server = createServer((socket) =>
    socket.on('data', (bytes) => {
      received += bytes.toString();
      if (received.endsWith('third')) socket.end('all');
    }),
  ).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const proxy = await startProxy((server.address() as AddressInfo).port);
  const client = connect(proxy.port, '127.0.0.1');
  for (const text of ['first', 'second', 'third']) client.write(text);
  await once(client, 'data');
  expect(proxy.roundTrips()).toBe(1);
});
