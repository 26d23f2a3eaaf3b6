import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** One address in front of several servers, as in a failover. */
export interface SwitchingProxy {
  readonly port: number;
  /** Open connections stay. */
  leadTo(port: number): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a port of 127.0.0.1. */
export async function startSwitchingProxy(first: number): Promise<SwitchingProxy> {
  const sockets = new Set<Socket>();
  let target = first;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
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
    leadTo: (port) => void (target = port),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
