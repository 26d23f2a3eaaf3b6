import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Stops } from '../stops.ts';
import { Load, type Received, type Sent } from './load.ts';
import { MOSTLY_READS, USUAL_MIX } from './requests.ts';

let stops: Stops;
afterEach(() => stops.stop());

/** A server that records the bytes of each request, and a receiver that records their due times. */
async function startTarget(response: string) {
  const requests: string[] = [];
  const sent: Sent[] = [];
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let bytes = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      bytes += data.toString('latin1');
      const [, head = ''] = /^([^]*?\r\n\r\n)/.exec(bytes) ?? [];
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (head === '' || bytes.length < head.length + length) return;
      requests.push(bytes);
      bytes = '';
      socket.write(response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.add({
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const receiver = {
    sent: (each: Sent) => void sent.push(each),
    received: (_: Sent, each: Received) => void received.push(each),
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sent,
    received,
    receiver,
  };
}

const toResponse = (status: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\n${headers}content-length: 2\r\n\r\n{}`;

it('sends the same bytes at the same due times to both gateways', async () => {
  stops = new Stops();
  const ours = await startTarget(toResponse('200 OK', 'x-degraded: product;reason=timeout;source=none\r\n'));
  const twin = await startTarget(toResponse('500 Internal Server Error'));
  const load = stops.add(new Load([ours, twin], ['alien-1979', 'heat-1995', 'up-2009'], 'run'));
  await load.send({ rps: 100, seconds: 1, mix: USUAL_MIX });
  await load.send({ rps: 200, seconds: 0.5, mix: MOSTLY_READS });
  await expect.poll(() => [ours.received.length, twin.received.length]).toEqual([200, 200]);

  expect(ours.sent).toEqual(twin.sent);
  expect(ours.requests.toSorted()).toEqual(twin.requests.toSorted());
  expect(ours.sent.filter(({ request }) => request.kind === 'order')).toHaveLength(23);
  const orders = ours.requests.filter((bytes) => bytes.startsWith('POST /api/orders HTTP/1.1\r\n'));
  expect(new Set(orders.map((bytes) => /idempotency-key: (.*)\r/.exec(bytes)?.[1])).size).toBe(23);
  expect(ours.received[0]).toMatchObject({ outcome: 'degraded', reasons: ['timeout'] });
  expect(twin.received[0]).toMatchObject({ outcome: 'failed', status: 500 });
});

it('does not wait for responses, and ends all requests at its end', async () => {
  stops = new Stops();
  const silent = await startTarget('');
  const load = stops.add(new Load([silent], ['alien-1979'], 'run'));
  await load.send({ rps: 100, seconds: 0.2, mix: USUAL_MIX });
  expect(silent.sent).toHaveLength(20);
  expect(silent.received).toEqual([]);
  await load.stop();
  await expect.poll(() => silent.received.length).toBe(20);
  expect(new Set(silent.received.map(({ outcome }) => outcome))).toEqual(new Set(['no response']));
});
