import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { type Clock, sleep, systemClock } from './clock.ts';
import { type Toxic, fateOf } from './toxic.ts';

/** Bytes held for one direction of a connection above which no more are read. */
const MOST_HELD = 1_048_576;

/** What is wrong with the way there and the way back. */
export interface Toxics {
  readonly request?: Toxic;
  readonly reply?: Toxic;
}

/** Stands between clients and a server, and does to their connections what networks do. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections toxics have ended so far. */
  readonly ended: number;
  /** Replaces what is wrong, for connections there are and those to come. */
  set(toxics: Toxics): void;
  clear(): void;
  /** Ends all connections. Idempotent. */
  stop(): Promise<void>;
}

/** What is wrong with one direction at the moment. */
interface Wire {
  readonly toxic: Toxic | undefined;
  readonly replaced: PromiseWithResolvers<void>;
}
const wireOf = (toxic?: Toxic): Wire => ({ toxic, replaced: Promise.withResolvers<void>() });

/** Where a server is; a port alone is one of this machine. */
export type Target = number | { readonly host: string; readonly port: number };

/** Where clients find the proxy. */
const HERE = { host: '127.0.0.1', port: 0 };

export async function startTcpProxy(
  target: Target,
  clock: Clock = systemClock,
  at: { readonly host: string; readonly port: number } = HERE,
): Promise<TcpProxy> {
  const { host, port } = typeof target === 'number' ? { host: '127.0.0.1', port: target } : target;
  const wires = { request: wireOf(), reply: wireOf() };
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
    wires.request = wireOf(request);
    wires.reply = wireOf(reply);
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
  /** Hears that a toxic ended the connection. */
  readonly onEnded: () => void;
}

/** Carries all that one side says to the other, in its order, and at last that it has no more to say. */
function carry({ from, to, wire, clock, onEnded }: Direction): void {
  let line = Promise.resolve();
  let held = 0;
  let counted = wire();
  let passed = 0;

  const deliver = async (chunk: Buffer, arrived: number): Promise<void> => {
    const now = wire();
    if (now !== counted) passed = 0;
    counted = now;
    const fate = fateOf(now.toxic, chunk.length, passed);
    switch (fate.kind) {
      case 'held':
        await now.replaced.promise;
        return deliver(chunk, arrived);
      case 'ends':
        if (to.destroyed) return;
        onEnded();
        if (fate.bytes > 0) to.write(chunk.subarray(0, fate.bytes));
        end(fate.by);
        return;
      case 'passes': {
        const early = arrived + fate.lateMs - clock.now();
        if (early > 0) await sleep(clock, early);
        to.write(chunk);
        passed += chunk.length;
        if (fate.busyMs > 0) await sleep(clock, fate.busyMs);
        return;
      }
      default:
        fate satisfies never;
    }
  };
  const end = (by: 'close' | 'reset'): void => {
    if (by === 'reset') reset(to);
    else to.destroySoon();
    reset(from);
  };
  /** A black hole swallows goodbyes too. */
  const whenOpen = async (act: () => void): Promise<void> => {
    while (wire().toxic?.kind === 'black-hole') await wire().replaced.promise;
    act();
  };

  const carryOn = async (chunk: Buffer, arrived: number): Promise<void> => {
    await deliver(chunk, arrived);
    held -= chunk.length;
    if (held <= MOST_HELD) from.resume();
  };

  from.on('data', (chunk: Buffer) => {
    const arrived = clock.now();
    held += chunk.length;
    if (held > MOST_HELD) from.pause();
    line = line.then(() => carryOn(chunk, arrived));
  });
  from.on('end', () => {
    line = line.then(() => whenOpen(() => to.end()));
  });
  from.on('error', () => {
    line = line.then(() => whenOpen(() => reset(to)));
  });
}

/** By an RST; not one that is saying goodbye, whose handle Node would then never close, nor itself exit (Node 26). */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
