import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export interface CountingProxy {
  readonly port: number;
  /** Round trips of all connections so far. */
  roundTrips(): number;
  stop(): Promise<void>;
}

/**
 * Starts a proxy to a port of 127.0.0.1 that counts round trips: a client has sent something, and the server has responded
 * before the client sends again. What a client sends without waiting is one round trip.
 */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let waiting = false;
    client.on('data', () => {
      if (!waiting) count += 1;
      waiting = true;
    });
    upstream.on('data', () => {
      waiting = false;
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    roundTrips: () => count,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
