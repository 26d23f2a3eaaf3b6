import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export interface DelayingProxy {
  readonly port: number;
  /** Holds the next reply back until the one after it. Resolves when the reply is held back. */
  delayNextReply(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a TCP proxy in front of Redis that can delay a reply. */
export async function startDelayingProxy(redisUrl: string): Promise<DelayingProxy> {
  const { hostname, port } = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let delay: (() => void) | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(port || 6379), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(upstream);
    let held = Buffer.alloc(0);
    upstream.on('data', (reply: Buffer) => {
      held = Buffer.concat([held, reply]);
      if (!delay) {
        client.write(held);
        held = Buffer.alloc(0);
      }
      delay?.();
      delay = undefined;
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    delayNextReply: () =>
      new Promise((resolve) => {
        delay = resolve;
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
