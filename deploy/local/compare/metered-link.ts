import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seeded } from '@film-store/core';
import type { Stoppable } from '../stops.ts';
import type { CallFault } from './scenarios.ts';

/** A proxy between a gateway and one instance of a service. It counts calls, and injects the same faults on both sides. */
export interface MeteredLink extends Stoppable {
  readonly url: string;
  /** Calls that arrived since the start, without those for health and state. */
  calls(): number;
  /** Calls that got the failure of the fault, since the start. */
  failures(): number;
  /** Calls that have no response yet and whose caller still waits. */
  open(): number;
  /** Replaces the fault. Calls that hang go on. */
  set(fault: CallFault | undefined): void;
}

/** Seed of the calls that fail, so that both sides fail in the same order. */
const SEED = 20_261;
const SECOND_MS = 1000;

/** @param port of the service on this machine */
export async function startMeteredLink(port: number): Promise<MeteredLink> {
  const agent = new Agent({ keepAlive: true });
  const timers = new Set<NodeJS.Timeout>();
  let fault: CallFault | undefined;
  let random = seeded(SEED);
  let held: (() => void)[] = [];
  let lastTurn = Promise.resolve();
  let freeAt = 0;
  let calls = 0;
  let open = 0;
  let failures = 0;

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  /** Resolves when it is the turn of the call. Turns that are left at the end of the fault last as long as their calls. */
  const takeTurn = async (callsPerSecond: number, response: ServerResponse): Promise<void> => {
    const before = lastTurn;
    const { promise, resolve } = Promise.withResolvers<void>();
    lastTurn = promise;
    await before;
    if (response.destroyed) return resolve();
    if (fault?.kind !== 'capacity') return void response.on('close', resolve);
    const now = performance.now();
    // From the last due time on, so that late timers do not lower the capacity.
    freeAt = Math.max(now, freeAt + SECOND_MS / callsPerSecond);
    await wait(freeAt - now);
    resolve();
  };
  /** Resolves with whether the call may pass. */
  const admit = async (response: ServerResponse): Promise<boolean> => {
    switch (fault?.kind) {
      case undefined:
        return true;
      case 'hang':
        await new Promise<void>((resolve) => held.push(resolve));
        return true;
      case 'flaky':
        return random() >= fault.fraction;
      case 'capacity':
        await takeTurn(fault.callsPerSecond, response);
        return true;
      default:
        return fault satisfies never;
    }
  };

  const serve = async (call: IncomingMessage, response: ServerResponse): Promise<void> => {
    const passes = await admit(response);
    if (response.destroyed) return;
    if (passes) return forward(call, response, { port, agent });
    failures += 1;
    response.writeHead(500, { 'content-type': 'text/plain' }).end('injected failure');
  };

  const server = createServer((call, response) => {
    if (isCounted(call)) {
      calls += 1;
      open += 1;
      response.on('close', () => void (open -= 1));
    }
    response.on('error', () => undefined);
    void serve(call, response);
  }).listen(0, '127.0.0.1');
  // Node would close connections of calls that hang.
  server.requestTimeout = 0;
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    failures: () => failures,
    open: () => open,
    set(next) {
      fault = next;
      random = seeded(SEED);
      const resumed = held;
      held = [];
      for (const resume of resumed) resume();
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

const isCounted = ({ url = '' }: IncomingMessage): boolean => !/^\/(?:health|ops)\//.test(url);

interface Upstream {
  readonly port: number;
  readonly agent: Agent;
}

function forward(call: IncomingMessage, response: ServerResponse, { port, agent }: Upstream): void {
  const { method, url: path, headers } = call;
  const forwarded = request({ host: '127.0.0.1', port, agent, method, path, headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.on('error', () => response.destroy());
    reply.pipe(response);
  });
  forwarded.on('error', () => response.destroy());
  response.on('close', () => forwarded.destroy());
  call.pipe(forwarded);
}
