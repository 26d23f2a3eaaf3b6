import { once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LifecycleState } from '@film-store/core';
import { drain } from './drain.ts';
import { InFlightHandlers } from './in-flight-handlers.ts';

const WAIT_MS = 3000;
const TIMEOUT_MS = 10_000;

/** Timers are virtual; sockets are real. */
const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

let server: Server;
let phase: LifecycleState;
let work: InFlightHandlers;
let force: AbortController;
let events: string[];
/** Responses of the requests in flight. */
let responses: ServerResponse[];

beforeEach(async () => {
  responses = [];
  events = [];
  phase = new LifecycleState();
  work = new InFlightHandlers();
  force = new AbortController();
  server = createServer((_, response) => void responses.push(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
});

const closeServer = async (): Promise<void> => {
  await new Promise((closed) => server.close(closed));
  await work.whenIdle();
};

/** Drains, and records the steps. */
const start = (close = closeServer) => {
  const logger = pino({ level: 'warn' }, { write: (line: string) => void events.push(readEvent(line)) });
  const closing = async () => {
    events.push('close');
    await close();
    events.push('closed');
  };
  const options = {
    phase,
    waitMs: WAIT_MS,
    timeoutMs: TIMEOUT_MS,
    forceShutdown: force.signal,
    server,
    handlers: work,
    logger,
  };
  return drain({ ...options, close: closing });
};
const readEvent = (line: string) => (JSON.parse(line) as { event: string }).event;

/** Sends a request that stays in flight. */
const sendRequest = async (): Promise<Socket> => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(server, 'request');
  return socket;
};

describe('the drain of a ready service', () => {
  beforeEach(() => phase.serve());

  it('makes it not ready at once, and accepts requests for the wait', async () => {
    const drained = start();
    expect(phase.current).toBe('draining');
    await advance(WAIT_MS - 1);
    expect(events).toEqual([]);
    await advance(1);
    await drained;
    expect(events).toEqual(['close', 'closed']);
  });

  it('ends as soon as no request is in flight', async () => {
    const client = await sendRequest();
    const drained = start();
    await advance(WAIT_MS);
    await advance(TIMEOUT_MS - 1);
    expect(events).toEqual(['close']);
    responses[0]!.setHeader('connection', 'close').end();
    client.resume();
    await drained;
    expect(events).toEqual(['close', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('aborts the requests in flight exactly at the timeout, and logs it', async () => {
    const client = await sendRequest();
    const cut = once(client, 'close');
    const drained = start();
    await advance(WAIT_MS);
    await advance(TIMEOUT_MS - 1);
    expect(events).toEqual(['close']);
    await advance(1);
    await Promise.all([cut, drained]);
    expect(events).toEqual(['close', 'shutdown.requests_aborted', 'closed']);
  });

  it('waits for a handler whose client has left', async () => {
    const end = work.begin();
    const drained = start();
    const serverClosed = once(server, 'close');
    await advance(WAIT_MS);
    await serverClosed;
    await advance(TIMEOUT_MS - 1);
    expect(events).toEqual(['close']);
    end();
    await drained;
    expect(events).toEqual(['close', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('abandons a handler whose client has left exactly at the timeout, and logs it', async () => {
    work.begin();
    const drained = start();
    const serverClosed = once(server, 'close');
    await advance(WAIT_MS);
    await serverClosed;
    await advance(TIMEOUT_MS - 1);
    expect(events).toEqual(['close']);
    await advance(1);
    await drained;
    expect(events).toEqual(['close', 'shutdown.requests_aborted', 'closed']);
  });

  it('closes a connection that becomes idle within 100 ms', async () => {
    const client = await sendRequest();
    // The headers do not announce the end of the connection.
    responses[0]!.flushHeaders();
    const ended = once(client.resume(), 'end');
    const drained = start();
    await advance(WAIT_MS);
    const finished = once(responses[0]!, 'close');
    responses[0]!.end();
    await finished;
    await advance(100);
    await Promise.all([ended, drained]);
    expect(events).toEqual(['close', 'closed']);
  });

  it('aborts all requests at once when the shutdown is forced', async () => {
    const client = await sendRequest();
    const cut = once(client, 'close');
    const drained = start();
    force.abort();
    await Promise.all([cut, drained]);
    expect(events).toEqual(['close', 'shutdown.requests_aborted', 'closed']);
  });

  it('aborts no request while only a part of the service closes slowly', async () => {
    const { promise: part, resolve } = Promise.withResolvers<void>();
    const drained = start(async () => {
      await new Promise((closed) => server.close(closed));
      await part;
    });
    const serverClosed = once(server, 'close');
    await advance(WAIT_MS);
    await serverClosed;
    await advance(TIMEOUT_MS);
    resolve();
    await drained;
    expect(events).toEqual(['close', 'closed']);
  });

  it('rejects with the error of a part that cannot be closed, and leaves no timer', async () => {
    const failure = new Error('cannot be closed');
    const drained = start(() => Promise.reject(failure));
    const ended = drained.catch((error: unknown) => error);
    await advance(WAIT_MS);
    expect(await ended).toBe(failure);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('the drain of a service that was never ready does not wait', async () => {
  await start();
  expect(events).toEqual(['close', 'closed']);
});
