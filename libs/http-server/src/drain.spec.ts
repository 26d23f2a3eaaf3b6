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

/** Timers stand still; sockets do not. */
const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

let server: Server;
let phase: LifecycleState;
let work: InFlightHandlers;
let hurry: AbortController;
let told: string[];
/** What is in flight. */
let answers: ServerResponse[];

beforeEach(async () => {
  answers = [];
  told = [];
  phase = new LifecycleState();
  work = new InFlightHandlers();
  hurry = new AbortController();
  server = createServer((_, response) => void answers.push(response)).listen(0, '127.0.0.1');
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

/** Drains, and tells of the steps as they are taken. */
const start = (close = closeServer) => {
  const logger = pino({ level: 'warn' }, { write: (line: string) => void told.push(eventOf(line)) });
  const closing = async () => {
    told.push('close');
    await close();
    told.push('closed');
  };
  const options = {
    phase,
    waitMs: WAIT_MS,
    timeoutMs: TIMEOUT_MS,
    forceShutdown: hurry.signal,
    server,
    handlers: work,
    logger,
  };
  return drain({ ...options, close: closing });
};
const eventOf = (line: string) => (JSON.parse(line) as { event: string }).event;

/** A client whose request is in flight. */
const ask = async (): Promise<Socket> => {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(server, 'request');
  return socket;
};

describe('a service that serves', () => {
  beforeEach(() => phase.serve());

  it('says at once that it is not ready, and accepts requests until all had time to see it', async () => {
    const drained = start();
    expect(phase.current).toBe('draining');
    await advance(WAIT_MS - 1);
    expect(told).toEqual([]);
    await advance(1);
    await drained;
    expect(told).toEqual(['close', 'closed']);
  });

  it('is done as soon as nothing is in flight', async () => {
    const client = await ask();
    const drained = start();
    await advance(WAIT_MS);
    await advance(TIMEOUT_MS - 1);
    expect(told).toEqual(['close']);
    answers[0]!.setHeader('connection', 'close').end();
    client.resume();
    await drained;
    expect(told).toEqual(['close', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cuts off what is in flight after its time, to the millisecond, and says so', async () => {
    const client = await ask();
    const cut = once(client, 'close');
    const drained = start();
    await advance(WAIT_MS);
    await advance(TIMEOUT_MS - 1);
    expect(told).toEqual(['close']);
    await advance(1);
    await Promise.all([cut, drained]);
    expect(told).toEqual(['close', 'shutdown.requests_aborted', 'closed']);
  });

  it('waits for work whose client has left', async () => {
    const end = work.begin();
    const drained = start();
    const gone = once(server, 'close');
    await advance(WAIT_MS);
    await gone;
    await advance(TIMEOUT_MS - 1);
    expect(told).toEqual(['close']);
    end();
    await drained;
    expect(told).toEqual(['close', 'closed']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cuts off work whose client has left after its time, to the millisecond, and says so', async () => {
    work.begin();
    const drained = start();
    const gone = once(server, 'close');
    await advance(WAIT_MS);
    await gone;
    await advance(TIMEOUT_MS - 1);
    expect(told).toEqual(['close']);
    await advance(1);
    await drained;
    expect(told).toEqual(['close', 'shutdown.requests_aborted', 'closed']);
  });

  it('closes a connection that becomes idle meanwhile, within a tenth of a second', async () => {
    const client = await ask();
    // Nobody told it that the connection would be closed.
    answers[0]!.flushHeaders();
    const ended = once(client.resume(), 'end');
    const drained = start();
    await advance(WAIT_MS);
    const finished = once(answers[0]!, 'close');
    answers[0]!.end();
    await finished;
    await advance(100);
    await Promise.all([ended, drained]);
    expect(told).toEqual(['close', 'closed']);
  });

  it('in a hurry waits for nobody', async () => {
    const client = await ask();
    const cut = once(client, 'close');
    const drained = start();
    hurry.abort();
    await Promise.all([cut, drained]);
    expect(told).toEqual(['close', 'shutdown.requests_aborted', 'closed']);
  });

  it('does not cut off what is closed but for a part that takes its time', async () => {
    const { promise: part, resolve } = Promise.withResolvers<void>();
    const drained = start(async () => {
      await new Promise((closed) => server.close(closed));
      await part;
    });
    const gone = once(server, 'close');
    await advance(WAIT_MS);
    await gone;
    await advance(TIMEOUT_MS);
    resolve();
    await drained;
    expect(told).toEqual(['close', 'closed']);
  });

  it('hears of a part that cannot be closed, and leaves no timer behind', async () => {
    const failure = new Error('cannot be closed');
    const drained = start(() => Promise.reject(failure));
    const ended = drained.catch((error: unknown) => error);
    await advance(WAIT_MS);
    expect(await ended).toBe(failure);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('a service that was never ready has nobody to wait for', async () => {
  await start();
  expect(told).toEqual(['close', 'closed']);
});
