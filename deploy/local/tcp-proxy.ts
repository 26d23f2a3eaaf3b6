import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { type Clock, sleep, systemClock } from './clock.ts';
import { type Toxic, applyToxic } from './toxic.ts';

/** Bytes of one direction of a connection that the proxy holds before it pauses reading. */
const MAX_HELD_BYTES = 1_048_576;

/** Faults of both directions. */
export interface Toxics {
  readonly request?: Toxic;
  readonly reply?: Toxic;
}

/** A proxy between clients and a server that injects network faults into their connections. */
export interface TcpProxy {
  readonly port: number;
  /** Number of connections that toxics have ended. */
  readonly ended: number;
  /** Replaces the faults of present and future connections. */
  set(toxics: Toxics): void;
  clear(): void;
  /** Ends all connections. Idempotent. */
  stop(): Promise<void>;
}

/** The present fault of one direction. */
interface Wire {
  readonly toxic: Toxic | undefined;
  readonly replaced: PromiseWithResolvers<void>;
}
const createWire = (toxic?: Toxic): Wire => ({ toxic, replaced: Promise.withResolvers<void>() });

/** Address of a server. A port alone is on this machine. */
export type Target = number | { readonly host: string; readonly port: number };

/** Any free port of this machine. */
const ANY_LOCAL_PORT = { host: '127.0.0.1', port: 0 };

export async function startTcpProxy(
  target: Target,
  clock: Clock = systemClock,
  at: { readonly host: string; readonly port: number } = ANY_LOCAL_PORT,
): Promise<TcpProxy> {
  const { host, port } = typeof target === 'number' ? { host: '127.0.0.1', port: target } : target;
  const wires = { request: createWire(), reply: createWire() };
  const sockets = new Set<Socket>();
  let ended = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    const onEnded = (): void => void (ended += 1);
    carry({ from: client, to: upstream, wire: () => wires.request, clock, onEnded });
    carry({ from: upstream, to: client, wire: () => wires.reply, clock, onEnded });
  }).listen(at);
  await once(server, 'listening');

  const set = ({ request, reply }: Toxics): void => {
    const before = Object.values(wires);
    wires.request = createWire(request);
    wires.reply = createWire(reply);
    for (const { replaced } of before) replaced.resolve();
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port: (server.address() as AddressInfo).port,
    get ended() {
      return ended;
    },
    set,
    clear: () => set({}),
    stop: () => (stopped ??= stop()),
  };
}

interface Direction {
  readonly from: Socket;
  readonly to: Socket;
  readonly wire: () => Wire;
  readonly clock: Clock;
  /** Called when a toxic ends the connection. */
  readonly onEnded: () => void;
}

/** Forwards the bytes and the end of one side to the other, in order. */
function carry({ from, to, wire, clock, onEnded }: Direction): void {
  let line = Promise.resolve();
  let held = 0;
  let counted = wire();
  let passed = 0;

  const deliver = async (chunk: Buffer, arrived: number): Promise<void> => {
    const now = wire();
    if (now !== counted) passed = 0;
    counted = now;
    const delivery = applyToxic(now.toxic, chunk.length, passed);
    switch (delivery.kind) {
      case 'held':
        await now.replaced.promise;
        return deliver(chunk, arrived);
      case 'ends':
        if (to.destroyed) return;
        onEnded();
        if (delivery.bytes > 0) to.write(chunk.subarray(0, delivery.bytes));
        end(delivery.by);
        return;
      case 'passes': {
        const early = arrived + delivery.lateMs - clock.now();
        if (early > 0) await sleep(clock, early);
        to.write(chunk);
        passed += chunk.length;
        if (delivery.busyMs > 0) await sleep(clock, delivery.busyMs);
        return;
      }
      default:
        delivery satisfies never;
    }
  };
  const end = (by: 'close' | 'reset'): void => {
    if (by === 'reset') reset(to);
    else to.destroySoon();
    reset(from);
  };
  /** A black hole also holds back the end of a connection. */
  const whenOpen = async (act: () => void): Promise<void> => {
    while (wire().toxic?.kind === 'black-hole') await wire().replaced.promise;
    act();
  };

  const carryOn = async (chunk: Buffer, arrived: number): Promise<void> => {
    await deliver(chunk, arrived);
    held -= chunk.length;
    if (held <= MAX_HELD_BYTES) from.resume();
  };

  from.on('data', (chunk: Buffer) => {
    const arrived = clock.now();
    held += chunk.length;
    if (held > MAX_HELD_BYTES) from.pause();
    line = line.then(() => carryOn(chunk, arrived));
  });
  from.on('end', () => {
    line = line.then(() => whenOpen(() => to.end()));
  });
  from.on('error', () => {
    line = line.then(() => whenOpen(() => reset(to)));
  });
}

/** Sends an RST. After `end`, Node 26 would never close the handle of a reset socket, and would not exit. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
