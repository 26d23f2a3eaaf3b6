import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem, type ProblemOptions } from '@film-store/problem';
import { requestContext } from '@film-store/core';
import type { HttpUpstream } from './http-upstream.ts';
import { createUpstream } from './http-upstream.ts';
import { type UpstreamPolicies, UPSTREAM_POLICY_DEFAULTS } from './policy-options.ts';

const film = z.object({ title: z.string() });
/** One attempt with enough time, so that the test sees its error. */
const ONE_ATTEMPT = {
  ...UPSTREAM_POLICY_DEFAULTS,
  timeoutInitialMs: 60_000,
  timeoutMaxMs: 60_000,
  retryAttempts: 1,
};

let respond: (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let films: HttpUpstream;

const toAddress = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const connect = (policies: UpstreamPolicies): HttpUpstream =>
  createUpstream('films', { url: toAddress(server), policies });

beforeEach(async () => {
  server = createServer((request, response) => respond(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  films = connect(ONE_ATTEMPT);
});

afterEach(async () => {
  await films.onApplicationShutdown();
  server.closeAllConnections();
  server.close();
});

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  respond = (_, response) => response.writeHead(status, headers).end(JSON.stringify(body));
};
const problem = (
  status: number,
  code: string,
  more: ProblemOptions = {},
  headers: Record<string, string> = {},
) =>
  json(
    status,
    { type: `urn:x:${code}`, title: code, status, code, retryable: false, requestId: 'theirs', ...more },
    headers,
  );

const failure = async (call: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem)) throw new Error('expected a problem', { cause: error });
  return error;
};

describe('a valid response', () => {
  it('is parsed and typed, without members that the schema does not have', async () => {
    json(200, { title: 'Alien', secret: true });
    expect(await films.get('/films/1', { schema: film })).toEqual({ title: 'Alien' });
  });

  it('can be had with its JSON as it was sent', async () => {
    json(200, { title: 'Alien', secret: true });
    expect(await films.getWithJson('/films/1', { schema: film })).toEqual({
      value: { title: 'Alien' },
      json: '{"title":"Alien","secret":true}',
    });
  });

  it('comes from the requested address, with the ids of the served request', async () => {
    let received: IncomingMessage | undefined;
    respond = (request, response) => {
      received = request;
      response.end('{"title":"Alien"}');
    };
    await requestContext.run({ requestId: 'r-1' }, () =>
      films.get('/films', { schema: film, query: { q: 'a b&c', limit: 2, cursor: undefined } }),
    );
    expect(received?.url).toBe('/films?q=a+b%26c&limit=2');
    expect(received?.headers['x-request-id']).toBe('r-1');
  });

  it('comes after a body that was sent as JSON', async () => {
    respond = (request, response) => {
      expect(request.headers['content-type']).toBe('application/json');
      request.pipe(response);
    };
    expect(await films.post('/films', { title: 'Alien' }, { schema: film })).toEqual({ title: 'Alien' });
  });

  it('passes its headers to the listener', async () => {
    json(200, { title: 'Alien' }, { 'X-Shelf': '7' });
    const heard: unknown[] = [];
    const onResponse = (headers: Readonly<Record<string, string>>, attempt: number) =>
      heard.push([headers['x-shelf'], attempt]);
    await films.post('/films', { title: 'Alien' }, { schema: film, onResponse });
    expect(heard).toEqual([['7', 1]]);
  });
});

describe('an invalid response is never returned', () => {
  it.each([
    ['a body that does not match the schema', () => json(200, { title: 7 })],
    ['a body that is not JSON', () => (respond = (_, response) => response.end('<html>'))],
    ['an empty body', () => (respond = (_, response) => response.end())],
    ['an error of the upstream', () => problem(500, 'internal', { detail: 'at /srv/db.js:7' })],
    ['a problem that is not passed on', () => problem(404, 'not-found')],
    ['an error page', () => (respond = (_, response) => response.writeHead(404).end('<html>'))],
    [
      'a body that is too large',
      () => (respond = (_, response) => response.end(`"${'x'.repeat(5 * 2 ** 20)}"`)),
    ],
  ])('%s', async (_, arrange) => {
    arrange();
    const error = await failure(films.get('/films/1', { schema: film }));
    expect(error).toMatchObject({ code: 'upstream-bad-response', status: 502 });
    expect(JSON.stringify(error.toBody('r'))).not.toContain('/srv/db.js');
  });
});

describe('a fault of the client', () => {
  it('is passed on if `passThroughProblems` has its code, with the own request id', async () => {
    problem(422, 'validation-failed', { status: 422, errors: [{ pointer: '/items/0', detail: 'unknown' }] });
    const error = await failure(
      films.get('/films/1', { schema: film, passThroughProblems: ['validation-failed'] }),
    );
    expect(error.toBody('ours')).toMatchObject({
      code: 'validation-failed',
      status: 422,
      requestId: 'ours',
      errors: [{ pointer: '/items/0', detail: 'unknown' }],
    });
  });

  it('is not passed on with the status of a server error', async () => {
    problem(500, 'not-found');
    expect(
      await failure(films.get('/films/1', { schema: film, passThroughProblems: ['not-found'] })),
    ).toMatchObject({
      code: 'upstream-bad-response',
    });
  });
});

describe('no response in time', () => {
  beforeEach(async () => {
    await films.onApplicationShutdown();
    films = connect({ ...ONE_ATTEMPT, timeoutInitialMs: 200 });
  });

  it('is a timeout', async () => {
    respond = () => undefined;
    expect(await failure(films.get('/films/1', { schema: film }))).toMatchObject({
      code: 'upstream-timeout',
      status: 504,
    });
  });

  it('is a timeout also if only the body does not end', async () => {
    respond = (_, response) => response.writeHead(200).write('{"title":');
    expect(await failure(films.get('/films/1', { schema: film }))).toMatchObject({
      code: 'upstream-timeout',
    });
  });
});

describe('no response', () => {
  it.each([
    ['from a closed port', () => server.close()],
    ['from a connection that is cut', () => (respond = (request) => request.socket.destroy())],
    [
      'to the end',
      () => (respond = (request, response) => response.write('{"ti', () => request.socket.destroy())),
    ],
  ])('%s is unreachable', async (_, arrange) => {
    arrange();
    expect(await failure(films.get('/films/1', { schema: film }))).toMatchObject({
      code: 'upstream-unreachable',
      status: 502,
    });
  });
});

it.each([
  ['a 503', 'unavailable', () => json(503, {}, { 'retry-after': '7' })],
  ['a 429', 'overloaded', () => json(429, {}, { 'retry-after': '7' })],
  ['a 503 for overload', 'overloaded', () => problem(503, 'overloaded', {}, { 'retry-after': '7' })],
])('passes on Retry-After of %s, as %s', async (_, code, arrange) => {
  arrange();
  expect(await failure(films.get('/films/1', { schema: film }))).toMatchObject({
    code,
    status: 503,
    headers: { 'retry-after': '7' },
  });
});

it('limits a call without a deadline of a request', async () => {
  await films.onApplicationShutdown();
  films = createUpstream('films', {
    url: toAddress(server),
    policies: UPSTREAM_POLICY_DEFAULTS,
    deadlineMs: 100,
  });
  let attempts = 0;
  respond = () => void (attempts += 1);
  expect(await failure(films.get('/films/1', { schema: film }))).toMatchObject({ status: 504 });
  expect(attempts).toBe(1);
});

it.each(['86400', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
  'passes on at most ten minutes for a Retry-After of %s',
  async (later) => {
    json(503, {}, { 'retry-after': later });
    expect(await failure(films.get('/films/1', { schema: film }))).toMatchObject({
      headers: { 'retry-after': '600' },
    });
  },
);

describe('a ping', () => {
  const check = (ms = 5000) => films.ping('/health', film, ms, new AbortController().signal);

  it('passes an open breaker, and reports its result to no policy', async () => {
    json(200, { title: 'Alien' });
    films.setBreakerMode('isolated');
    expect(await check()).toEqual({ title: 'Alien' });
    expect(films.breakerDescription.state).toBe('isolated');
    films.setBreakerMode('forced-closed');
    films.setBreakerMode('auto');
    json(500, {});
    for (let time = 0; time < 40; time++) expect((await failure(check())).code).toBe('upstream-bad-response');
    const { endpoints, policies } = films.describe();
    expect(endpoints).toMatchObject([{ failures: 0, ejectedMs: 0 }]);
    expect(policies.at(-1)).toMatchObject({ policy: 'attempt-timeout', state: { samples: 0 } });
    json(200, { title: 'Alien' });
    expect(await films.get('/films/1', { schema: film })).toEqual({ title: 'Alien' });
  });

  it('times out after the given time', async () => {
    respond = () => {};
    expect((await failure(check(20))).code).toBe('upstream-timeout');
  });
});
