import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import '@film-store/contracts';
import { type Priority, monotonicNow, requestContext } from '@film-store/core';
import { createUpstream } from './http-upstream.ts';
import { type UpstreamPolicies, UPSTREAM_POLICY_DEFAULTS } from './policy-options.ts';
import type { HttpUpstream } from './http-upstream.ts';

const schema = z.object({ from: z.string() });

/** A server that responds with its name, in a way that the test sets. */
class StandIn {
  readonly requests: IncomingMessage[] = [];
  respond: (response: ServerResponse, nth: number) => void = (response) => this.ok(response);
  readonly #name: string;
  readonly #server: Server;

  constructor(name: string) {
    this.#name = name;
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      this.respond(response, this.requests.length);
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  ok(response: ServerResponse): void {
    response.end(JSON.stringify({ from: this.#name }));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The remaining time of a request is shorter than the timeout of an attempt. */
const RELAXED = { timeoutInitialMs: 300_000, timeoutMaxMs: 300_000 };

const servers: StandIn[] = [];
const upstreams: HttpUpstream[] = [];

async function serve(name: string): Promise<{ server: StandIn; url: string }> {
  const server = new StandIn(name);
  servers.push(server);
  return { server, url: await server.start() };
}

function connect(url: string, policies: Partial<UpstreamPolicies> = {}, internal = true): HttpUpstream {
  const upstream = createUpstream('films', {
    url,
    internal,
    // Without pauses, which other specs test.
    policies: { ...UPSTREAM_POLICY_DEFAULTS, retryBaseDelayMs: 0, ...policies },
  });
  upstreams.push(upstream);
  return upstream;
}

let server: StandIn;
let url: string;
beforeEach(async () => {
  ({ server, url } = await serve('a'));
});
afterEach(async () => {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.onApplicationShutdown()));
  for (const each of servers.splice(0)) each.stop();
});

const failFirst = (times: number) => (response: ServerResponse, nth: number) =>
  nth <= times ? response.writeHead(500).end() : server.ok(response);

describe('a call', () => {
  it('is retried after a failure, and each attempt sends its number', async () => {
    server.respond = failFirst(2);
    expect(await connect(url).get('/films', { schema })).toEqual({ from: 'a' });
    expect(server.requests.map(({ headers }) => headers['x-retry-attempt'])).toEqual(['0', '1', '2']);
  });

  it('fails after three attempts with the last error', async () => {
    server.respond = failFirst(99);
    await expect(connect(url).get('/films', { schema })).rejects.toMatchObject({
      code: 'upstream-bad-response',
    });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['that is not idempotent', (films: HttpUpstream) => films.post('/films', {}, { schema })],
    [
      'whose caller retries',
      (films: HttpUpstream) =>
        requestContext.run({ requestId: 'r', retryAttempt: 0 }, () => films.get('/films', { schema })),
    ],
  ])('%s is sent once', async (_, call) => {
    server.respond = failFirst(1);
    await expect(call(connect(url))).rejects.toMatchObject({ code: 'upstream-bad-response' });
    expect(server.requests).toHaveLength(1);
  });

  it('with an idempotency key is retried', async () => {
    server.respond = failFirst(1);
    expect(await connect(url).post('/films', {}, { schema, idempotent: true })).toEqual({ from: 'a' });
  });

  it('sends the upstream less time than this service has', async () => {
    const deadline = monotonicNow() + 60_000;
    await requestContext.run({ requestId: 'r', deadline }, () =>
      connect(url, RELAXED).get('/films', { schema, fallbackReserveMs: 100 }),
    );
    const sentMs = Number(server.requests[0]?.headers['x-request-timeout-ms']);
    expect(sentMs).toBeGreaterThan(0);
    expect(sentMs).toBeLessThanOrEqual(59_890);
  });

  it('is not sent without enough time before the deadline', async () => {
    const late = { requestId: 'r', deadline: monotonicNow() + 29 };
    const call = requestContext.run(late, () => connect(url).get('/films', { schema }));
    await expect(call).rejects.toMatchObject({ code: 'deadline-exceeded', status: 504 });
    expect(server.requests).toHaveLength(0);
  });

  it('shares the response with identical calls in flight', async () => {
    const waiting: ServerResponse[] = [];
    server.respond = (response) => waiting.push(response);
    const films = connect(url);
    const calls = Array.from({ length: 10 }, () => films.get('/films', { schema }));
    await expect.poll(() => waiting).toHaveLength(1);
    for (const response of waiting) server.ok(response);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 10 }, () => ({ from: 'a' })));
    expect(server.requests).toHaveLength(1);
  });

  it('does not join a call that has little time left', async () => {
    const waiting: ServerResponse[] = [];
    server.respond = (response) => waiting.push(response);
    const films = connect(url);
    const within = (ms: number) =>
      requestContext.run({ requestId: 'r', deadline: monotonicNow() + ms }, () =>
        films.get('/films', { schema }),
      );
    const shortenedBy = within(200);
    const relaxed = within(60_000);
    await expect(shortenedBy).rejects.toMatchObject({ status: 504 });
    server.respond = (response) => server.ok(response);
    for (const response of waiting) server.ok(response);
    await expect(relaxed).resolves.toEqual({ from: 'a' });
  });

  it('does not join a sheddable call, which may be shed', async () => {
    const waiting: ServerResponse[] = [];
    server.respond = (response, nth) => (nth <= 7 ? waiting.push(response) : server.ok(response));
    const films = connect(url, {
      bulkheadConcurrency: 10,
      bulkheadQueueLimit: 0,
      hedging: false,
      retryAttempts: 1,
    });
    const held = Array.from({ length: 7 }, (_, n) => films.get(`/held/${n}`, { schema }));
    await expect.poll(() => waiting).toHaveLength(7);
    const sheddable = films.get('/films', { schema, priority: 'sheddable' });
    const normal = films.get('/films', { schema });
    await expect(sheddable).rejects.toMatchObject({ code: 'bulkhead-full' });
    await expect(normal).resolves.toEqual({ from: 'a' });
    for (const response of waiting) server.ok(response);
    await Promise.all(held);
  });

  it('is retried although an identical call of a caller that retries came first', async () => {
    server.respond = failFirst(2);
    const films = connect(url);
    const retriedAbove = requestContext.run({ requestId: 'r', retryAttempt: 0 }, () =>
      films.get('/films', { schema }),
    );
    const own = films.get('/films', { schema });
    await expect(retriedAbove).rejects.toMatchObject({ code: 'upstream-bad-response' });
    await expect(own).resolves.toEqual({ from: 'a' });
  });

  it('shares no error with a call that passes on other problems', async () => {
    server.respond = (response) =>
      response.writeHead(404).end(
        JSON.stringify({
          type: 'urn:x',
          title: 'x',
          status: 404,
          code: 'not-found',
          retryable: false,
          requestId: 'x',
        }),
      );
    const films = connect(url);
    const calls = [[], ['not-found'] as const].map((passThroughProblems) =>
      films.get('/films', { schema, passThroughProblems }),
    );
    await expect(calls[0]).rejects.toMatchObject({ code: 'upstream-bad-response' });
    await expect(calls[1]).rejects.toMatchObject({ code: 'not-found' });
  });

  it('shares no response with a call for another user', async () => {
    server.respond = (response) => {
      const of = server.requests.at(-1)?.headers['x-principal'];
      response.end(JSON.stringify({ from: of }));
    };
    const films = connect(url);
    const by = (principal: string) => films.get('/films', { schema, headers: { 'x-principal': principal } });
    expect(await Promise.all([by('ann'), by('bob')])).toEqual([{ from: 'ann' }, { from: 'bob' }]);
  });
});

it('a call with its own timeout neither uses nor changes the adaptive timeout', async () => {
  const films = connect(url, {
    timeoutInitialMs: 50,
    timeoutMaxMs: 50,
    requestCollapsing: false,
    hedging: false,
  });
  server.respond = (response) => setTimeout(() => server.ok(response), 100);
  const order = { schema, idempotent: true, timeoutMs: 60_000 };
  expect(await films.post('/orders', {}, order)).toEqual({ from: 'a' });
  expect(server.requests).toHaveLength(1);
  const { policies } = films.describe();
  expect(policies.at(-1)).toMatchObject({ policy: 'attempt-timeout', state: { samples: 0 } });
  await expect(films.get('/films', { schema })).rejects.toMatchObject({ code: 'upstream-timeout' });
});

it('a pipeline sends each request with its own id, priority and time', async () => {
  const films = connect(url, RELAXED);
  const call = (requestId: string, priority: Priority, leftMs: number) =>
    requestContext.run({ requestId, priority, deadline: monotonicNow() + leftMs }, () =>
      films.get('/films', { schema }),
    );
  await call('r-1', 'critical', 120_000);
  await call('r-2', 'sheddable', 60_000);
  const [first, second] = server.requests.map(({ headers }) => headers);
  expect([first?.['x-request-id'], first?.['x-request-priority']]).toEqual(['r-1', 'critical']);
  expect([second?.['x-request-id'], second?.['x-request-priority']]).toEqual(['r-2', 'sheddable']);
  expect(Number(first?.['x-request-timeout-ms'])).toBeGreaterThan(59_990);
  expect(Number(second?.['x-request-timeout-ms'])).toBeLessThanOrEqual(59_990);
});

describe('an upstream that fails', () => {
  const failing = () => {
    server.respond = failFirst(1000);
    return connect(url, { retryAttempts: 1, breakerMinimumCalls: 5 });
  };
  const call = (films: HttpUpstream) =>
    films.get('/films', { schema }).catch((error: { code?: string }) => error.code);

  it('gets no calls while its breaker is open, and callers learn when to retry', async () => {
    const films = failing();
    for (let nth = 0; nth < 5; nth++) expect(await call(films)).toBe('upstream-bad-response');
    await expect(films.get('/films', { schema })).rejects.toMatchObject({
      code: 'breaker-open',
      status: 503,
      headers: { 'retry-after': '10' },
    });
    expect(server.requests).toHaveLength(5);
  });

  it('gets calls while an operator forces the breaker closed, and none while it is isolated', async () => {
    const films = failing();
    for (let nth = 0; nth < 6; nth++) await call(films);
    films.setBreakerMode('forced-closed');
    expect(await call(films)).toBe('upstream-bad-response');
    films.setBreakerMode('isolated');
    expect(await call(films)).toBe('breaker-open');
  });

  it('describes its policies in the order in which a call passes them', () => {
    const { name, endpoints, policies } = connect(url).describe();
    expect(name).toBe('films');
    expect(endpoints).toEqual([{ url, priority: 0, failures: 0, ejectedMs: 0 }]);
    expect(policies.map(({ policy }) => policy)).toEqual([
      'request-collapsing',
      'retry',
      'hedge',
      'bulkhead',
      'breaker',
      'attempt-timeout',
    ]);
  });

  it('does not describe a disabled policy', () => {
    const { policies } = connect(url, { requestCollapsing: false, hedging: false }).describe();
    expect(policies.map(({ policy }) => policy)).toEqual(['retry', 'bulkhead', 'breaker', 'attempt-timeout']);
  });
});

describe('an upstream in two regions', () => {
  it('gets calls in its preferred region, and in the other one when that fails', async () => {
    const other = await serve('b');
    const films = connect(`${url}|${other.url}`, { ejectionConsecutiveFailures: 2 });
    expect(await films.get('/films', { schema })).toEqual({ from: 'a' });
    server.stop();
    expect(await films.get('/films', { schema })).toEqual({ from: 'b' });
  });

  it.each([0, 1])('gets the retry at the other endpoint, also with calls in between', async (bad) => {
    const other = await serve('b');
    const failing = [server, other.server][bad]!;
    failing.respond = (response) => response.writeHead(500).end();
    const films = connect(`${url},${other.url}`);
    await Promise.all([films.get('/films/1', { schema }), films.get('/films/2', { schema })]);
    expect(failing.requests).toHaveLength(1);
  });

  it('gets the hedge of a slow read at the other endpoint', async () => {
    const other = await serve('b');
    const films = connect(`${url},${other.url}`);
    for (let call = 0; call < 50; call++) await films.get('/films', { schema });
    const slow: StandIn[] = [];
    for (const each of [server, other.server]) {
      each.respond = (response) => {
        if (response.req.url === '/films/slow' && slow.push(each) === 1) return;
        each.ok(response);
      };
    }
    await Promise.all([films.get('/films/slow', { schema }), films.get('/films', { schema })]);
    expect(slow).toHaveLength(2);
    expect(slow[0]).not.toBe(slow[1]);
  });

  it('gets half of the first attempts at each endpoint while one of them is slow and hedged', async () => {
    const other = await serve('b');
    const films = connect(`${url},${other.url}`, { retryBudgetRatio: 0.9 });
    for (let call = 0; call < 50; call++) await films.get('/films', { schema });
    const firsts = (at: StandIn) =>
      at.requests.filter(({ url: path, headers }) => path === '/slow' && headers['x-retry-attempt'] === '0')
        .length;
    server.respond = (response) => {
      if (response.req.url !== '/slow') server.ok(response);
    };
    for (let call = 0; call < 10; call++) await films.get('/slow', { schema });
    expect([firsts(server), firsts(other.server)]).toEqual([5, 5]);
    expect(server.requests.filter(({ url: path }) => path === '/slow')).toHaveLength(5);
  });

  it('keeps an endpoint ejected when a call from before the ejection succeeds', async () => {
    const other = await serve('b');
    const late: ServerResponse[] = [];
    server.respond = (response) => {
      if (response.req.url === '/late') late.push(response);
      else response.writeHead(500).end();
    };
    other.server.respond = (response) => {
      if (response.req.url === '/late') late.push(response);
      else other.server.ok(response);
    };
    const films = connect(`${url},${other.url}`, { requestCollapsing: false, hedging: false, ...RELAXED });
    const calls = [films.get('/late', { schema }), films.get('/late', { schema })];
    await expect.poll(() => late).toHaveLength(2);
    for (let call = 0; call < 10; call++) await films.get('/films', { schema });
    for (const response of late) response.end(JSON.stringify({ from: 'late' }));
    await Promise.all(calls);
    const failed = server.requests.length;
    for (let call = 0; call < 10; call++) await films.get('/films', { schema });
    expect(server.requests).toHaveLength(failed);
  });

  it('gets no calls at an endpoint that drains, if the upstream is internal', async () => {
    const other = await serve('b');
    server.respond = (response) => {
      response.setHeader('x-service-draining', 'true');
      server.ok(response);
    };
    const from = async (films: HttpUpstream) => {
      const responses = Array.from({ length: 6 }, () => films.get('/films', { schema }));
      return Promise.all(responses).then((all) => all.map(({ from }) => from));
    };
    const policies = { requestCollapsing: false };
    const [internal, external] = [true, false].map((each) =>
      connect(`${url}|${other.url}`, policies, each),
    ) as [HttpUpstream, HttpUpstream];
    expect(await from(internal)).toEqual(Array.from({ length: 6 }, () => 'a'));
    expect(await from(internal)).toEqual(Array.from({ length: 6 }, () => 'b'));
    await from(external);
    expect(await from(external)).toEqual(Array.from({ length: 6 }, () => 'a'));
  });

  it('gets no calls at an endpoint that reports draining with an error', async () => {
    const other = await serve('b');
    server.respond = (response) => {
      response.writeHead(404, { 'x-service-draining': 'true' }).end();
    };
    const films = connect(`${url}|${other.url}`);
    await expect(films.get('/films', { schema })).rejects.toMatchObject({ code: 'upstream-bad-response' });
    expect(await films.get('/films', { schema })).toEqual({ from: 'b' });
  });

  it('stays in the preferred region when a proxy closes its connections', async () => {
    const other = await serve('b');
    server.respond = (response) => {
      response.setHeader('connection', 'close');
      server.ok(response);
    };
    const films = connect(`${url}|${other.url}`);
    for (let nth = 0; nth < 6; nth++) expect(await films.get('/films', { schema })).toEqual({ from: 'a' });
  });

  it('ejects an endpoint that hangs while the other one responds', async () => {
    const other = await serve('b');
    const films = connect(`${url},${other.url}`, { ejectionConsecutiveFailures: 2, hedging: false });
    for (let call = 0; call < 50; call++) await films.get('/films', { schema });
    server.respond = () => undefined;
    const ejected = async () => {
      await Promise.all(['/films/1', '/films/2'].map((path) => films.get(path, { schema })));
      return films.describe().endpoints.map(({ ejectedMs }) => ejectedMs > 0);
    };
    await expect.poll(ejected).toEqual([true, false]);
  });

  it('uses equal endpoints in turn, and sends a retry to the other one', async () => {
    const other = await serve('b');
    const films = connect(`${url},${other.url}`);
    server.stop();
    for (let call = 0; call < 4; call++) expect(await films.get('/films', { schema })).toEqual({ from: 'b' });
  });
});

describe('a bulkhead', () => {
  it('rejects calls when it is full, which does not open the breaker', async () => {
    const waiting: ServerResponse[] = [];
    server.respond = (response) => waiting.push(response);
    const films = connect(url, {
      bulkheadConcurrency: 1,
      bulkheadQueueLimit: 0,
      breakerMinimumCalls: 1,
      requestCollapsing: false,
    });
    const first = films.get('/films', { schema });
    await expect.poll(() => waiting).toHaveLength(1);
    await expect(films.get('/films', { schema })).rejects.toMatchObject({
      code: 'bulkhead-full',
      status: 503,
    });
    for (const response of waiting) server.ok(response);
    expect(await first).toEqual({ from: 'a' });
    server.respond = (response) => server.ok(response);
    expect(await films.get('/films', { schema })).toEqual({ from: 'a' });
  });

  it('has permits for critical calls when reads have used theirs', async () => {
    const waiting: ServerResponse[] = [];
    server.respond = (response) => waiting.push(response);
    const films = connect(url, { bulkheadConcurrency: 2, bulkheadQueueLimit: 0 });
    const read = films.get('/films', { schema });
    await expect.poll(() => waiting.length).toBe(1);
    await expect(films.get('/others', { schema })).rejects.toMatchObject({ code: 'bulkhead-full' });
    const order = films.post('/orders', {}, { schema, priority: 'critical' });
    await expect.poll(() => waiting.length).toBe(2);
    for (const response of waiting) server.ok(response);
    expect(await Promise.all([read, order])).toEqual([{ from: 'a' }, { from: 'a' }]);
  });
});

describe('an upstream that responds with an error', () => {
  const respondWith = (status: number, code: string) => (response: ServerResponse) =>
    response
      .writeHead(status, { 'retry-after': '60' })
      .end(JSON.stringify({ type: 'urn:x', title: 'x', status, code, retryable: true, requestId: 'x' }));
  const failures = (films: HttpUpstream) => {
    const { endpoints, policies } = films.describe();
    const breaker = policies.find(({ policy }) => policy === 'breaker')?.state;
    return { breaker, ejection: endpoints[0]?.failures };
  };
  const callTwice = async (status: number, code: string) => {
    server.respond = respondWith(status, code);
    const films = connect(url, { retryAttempts: 1, breakerMinimumCalls: 100 });
    for (const path of ['/films/1', '/films/2']) await films.get(path, { schema }).catch(() => undefined);
    return failures(films);
  };

  it.each([
    [400, 'validation-failed'],
    [401, 'unauthorized'],
    [404, 'not-found'],
    [409, 'out-of-stock'],
    [422, 'validation-failed'],
    [429, 'rate-limited'],
    [503, 'overloaded'],
  ])('with %i %s has not failed', async (status, code) => {
    expect(await callTwice(status, code)).toMatchObject({
      breaker: { state: 'closed', failures: 0, totals: { ignored: 2 } },
      ejection: 0,
    });
  });

  it.each([
    [408, 'request-timeout'],
    [425, 'too-early'],
    [500, 'internal'],
    [503, 'unavailable'],
    [503, 'breaker-open'],
    [504, 'deadline-exceeded'],
  ])('with %i %s has failed', async (status, code) => {
    expect(await callTwice(status, code)).toMatchObject({ breaker: { failures: 2 }, ejection: 2 });
  });

  it.each([
    ['a read', (films: HttpUpstream) => films.get('/films', { schema })],
    ['an order', (films: HttpUpstream) => films.post('/orders', {}, { schema, timeoutMs: 2000 })],
  ])('with 504 to %s that had too little time has not failed', async (_, call) => {
    server.respond = respondWith(504, 'deadline-exceeded');
    const films = connect(url, { retryAttempts: 1 });
    const shortenedBy = { requestId: 'r', deadline: monotonicNow() + 400 };
    const failed = requestContext.run(shortenedBy, () => call(films));
    await expect(failed).rejects.toMatchObject({ code: 'upstream-timeout', status: 504 });
    expect(failures(films)).toMatchObject({
      breaker: { failures: 0, totals: { ignored: 1 } },
      ejection: 0,
    });
  });

  it('that it is overloaded gets the retry after its Retry-After', async () => {
    server.respond = (response, nth) =>
      nth === 1 ? response.writeHead(429, { 'retry-after': '0' }).end() : server.ok(response);
    expect(await connect(url).get('/films', { schema })).toEqual({ from: 'a' });
    expect(server.requests).toHaveLength(2);
  });

  it('that it is overloaded, after an attempt that may have had an effect, is reported as that attempt', async () => {
    server.respond = (response, nth) =>
      response.writeHead(nth === 1 ? 500 : 429, { 'retry-after': '0' }).end();
    const order = connect(url).post('/orders', {}, { schema, idempotent: true });
    await expect(order).rejects.toMatchObject({ code: 'upstream-bad-response' });
    expect(server.requests).toHaveLength(3);
  });
});
