import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export type Direction = 'requests' | 'replies';

/** A TCP proxy that a test can pause or cut. */
export interface HoldingProxy {
  readonly port: number;
  /** All bytes from clients so far, held or not. */
  sent(): string;
  /** Number of connections from clients so far. */
  connections(): number;
  hold(direction: Direction): void;
  /** Sends the held bytes, and passes further bytes again. */
  release(): void;
  /** Ends every connection and drops held bytes. Rejects new connections until `mend`. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a port of 127.0.0.1. */
export async function startHoldingProxy(target: number): Promise<HoldingProxy> {
  const sockets = new Set<Socket>();
  const sent: Buffer[] = [];
  let held: (() => void)[] = [];
  let holding: Direction | undefined;
  let isCut = false;
  let connections = 0;

  const pass = (direction: Direction, from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('error', () => from.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.on('data', (bytes: Buffer) => {
      if (direction === 'requests') sent.push(bytes);
      if (direction === holding) held.push(() => void to.write(bytes));
      else to.write(bytes);
    });
  };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    connections += 1;
    const upstream = connect(target, '127.0.0.1');
    pass('requests', client, upstream);
    pass('replies', upstream, client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: HoldingProxy = {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    sent: () => Buffer.concat(sent).toString('latin1'),
    hold: (direction) => {
      holding = direction;
    },
    release: () => {
      holding = undefined;
      for (const write of held) write();
      held = [];
    },
    cut: () => {
      isCut = true;
      holding = undefined;
      held = [];
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    stop: async () => {
      proxy.cut();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}
