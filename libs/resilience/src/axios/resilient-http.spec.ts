import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpService } from '@nestjs/axios';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import axios, { type AxiosInstance, type AxiosRequestConfig, isAxiosError, isCancel } from 'axios';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { monotonicNow, requestContext } from '@film-store/core';
import { createUpstream } from '../http-upstream.ts';
import { type UpstreamPolicies, UPSTREAM_POLICY_DEFAULTS } from '../policy-options.ts';
import { upstreamToken } from '../upstream.module.ts';
import type { HttpUpstream } from '../http-upstream.ts';
import { ResilientHttpModule, createResilientHttp } from './resilient-http.module.ts';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Attempts have enough time, and there are no pauses. */
const RELAXED = {
  ...UPSTREAM_POLICY_DEFAULTS,
  retryBaseDelayMs: 0,
  timeoutInitialMs: 60_000,
  timeoutMaxMs: 60_000,
};

const received: Received[] = [];
const upstreams: HttpUpstream[] = [];
let server: Server;
let address: string;
/** Responses that `/hang` holds back. */
let waiting = 0;
let failures = 0;

function respond(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { pathname } = new URL(request.url ?? '/', address);
  const status = Number(/^\/status\/(\d+)$/.exec(pathname)?.[1]);
  if (status) response.writeHead(status, { 'content-type': 'application/json' }).end('{"reported":"so"}');
  else if (pathname === '/echo') response.end(JSON.stringify(received.at(-1)));
  else if (pathname === '/same') response.end(body);
  else if (pathname === '/text') response.end('\uFEFFgrüße');
  else if (pathname === '/bytes') response.end(Buffer.from([0, 128, 255, 13, 10]));
  else if (pathname === '/empty') response.writeHead(204).end();
  else if (pathname === '/not-json') response.end('{"title":');
  else if (pathname === '/headers')
    response
      .writeHead(200, [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-film', 'alien'],
      ] as never)
      .end();
  else if (pathname === '/moved') response.writeHead(302, { location: '/text' }).end();
  else if (pathname === '/reset') request.socket.destroy();
  else if (pathname === '/flaky') {
    failures -= 1;
    response.writeHead(failures >= 0 ? 500 : 200).end('{"title":"Alien"}');
  } else if (pathname === '/hang') waiting += 1;
  else response.writeHead(404).end();
}

beforeEach(async () => {
  waiting = 0;
  failures = 0;
  received.length = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method, url, headers } = request;
      received.push({ method, url, headers, body: body.toString() });
      respond(request, response, body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await Promise.all(upstreams.splice(0).map((upstream) => upstream.onApplicationShutdown()));
  server.closeAllConnections();
  server.close();
});

function connect(policies: Partial<UpstreamPolicies> = {}): HttpUpstream {
  const upstream = createUpstream('films', { url: address, policies: { ...RELAXED, ...policies } });
  upstreams.push(upstream);
  return upstream;
}

const resilient = (policies?: Partial<UpstreamPolicies>): AxiosInstance =>
  createResilientHttp(connect(policies)).axiosRef;
/** Plain axios without redirects. */
const plain = (): AxiosInstance => axios.create({ baseURL: address, maxRedirects: 0 });

/** The visible result of a request, without the parts that differ between any two requests. */
async function observe(http: AxiosInstance, send: (http: AxiosInstance) => Promise<unknown>) {
  const pickVisible = (response: unknown) => {
    const { status, statusText, data, headers } = response as Record<string, unknown>;
    const {
      date: _date,
      connection: _connection,
      'keep-alive': _keepAlive,
      ...rest
    } = {
      ...(headers as Record<string, unknown>),
    };
    return { status, statusText, data, headers: rest };
  };
  try {
    return { response: pickVisible(await send(http)) };
  } catch (error) {
    if (!isAxiosError(error)) throw error;
    const { name, code, message, response, config } = error;
    return {
      name,
      code,
      message,
      cancel: isCancel(error),
      hasConfig: config !== undefined,
      response: response && pickVisible(response),
    };
  }
}

/** The request that the server received, without headers that axios and the pipeline add. */
function requested() {
  const { method, url, headers, body } = received.at(-1) as Received;
  const { accept, authorization, 'content-type': type, 'x-film': film } = headers;
  return { method, url, body, accept, authorization, type, film };
}

const abortAfterStart = async (abort: () => void): Promise<void> => {
  await expect.poll(() => waiting).toBeGreaterThan(0);
  abort();
};

type Send = (http: AxiosInstance) => Promise<unknown>;
const request =
  (config: AxiosRequestConfig): Send =>
  (http) =>
    http.request(config);

const cases: readonly (readonly [string, Send])[] = [
  ['parses JSON', request({ url: '/status/200' })],
  ['leaves text that is not JSON', request({ url: '/text' })],
  [
    'leaves JSON as text where `transformResponse` does',
    request({ url: '/status/200', transformResponse: [] }),
  ],
  ['reads `responseType` text', request({ url: '/text', responseType: 'text' })],
  ['reads `responseType` arraybuffer', request({ url: '/bytes', responseType: 'arraybuffer' })],
  ['reads `responseEncoding` latin1', request({ url: '/bytes', responseEncoding: 'latin1' })],
  ['reads an empty response', request({ url: '/empty' })],
  ['reports JSON that does not parse', request({ url: '/not-json', responseType: 'json' })],
  ['lists set-cookie', request({ url: '/headers' })],
  ['sends HEAD', request({ url: '/status/200', method: 'head' })],
  [
    'sends `params`',
    request({
      url: '/same?a=1',
      params: { b: 'x y', c: [1, 2], d: undefined },
    }),
  ],
  ['joins `baseURL` of a path', (http) => http.get('same', { baseURL: `${http.defaults.baseURL ?? ''}/` })],
  ['drops a fragment', request({ url: '/same#top' })],
  ['sends headers', request({ url: '/same', headers: { 'X-Film': 'alien' } })],
  ['sends `auth`', request({ url: '/same', auth: { username: 'ripley', password: 'ö' } })],
  ['posts JSON', request({ url: '/same', method: 'post', data: { title: 'Alien³' } })],
  ['puts text', request({ url: '/same', method: 'put', data: 'grüße' })],
  [
    'patches a form',
    request({ url: '/same', method: 'patch', data: new URLSearchParams({ title: 'Alien' }) }),
  ],
  [
    'posts bytes',
    request({ url: '/same', method: 'post', data: Buffer.from([0, 255]), responseType: 'arraybuffer' }),
  ],
  [
    'posts a view of bytes',
    request({ url: '/same', method: 'post', data: new Uint8Array([7, 8]), responseType: 'arraybuffer' }),
  ],
  ['posts nothing', request({ url: '/same', method: 'post' })],
  ['deletes', request({ url: '/status/204', method: 'delete' })],
  ['rejects 400', request({ url: '/status/400' })],
  ['rejects 429', request({ url: '/status/429' })],
  ['rejects 500', request({ url: '/status/500' })],
  ['rejects 503', request({ url: '/status/503' })],
  ['rejects 504', request({ url: '/status/504' })],
  ['rejects a redirect', request({ url: '/moved' })],
  [
    'rejects a status that `validateStatus` rejects',
    request({ url: '/status/200', validateStatus: (status) => status !== 200 }),
  ],
  [
    'resolves with a status that `validateStatus` accepts',
    request({ url: '/status/503', validateStatus: () => true }),
  ],
  [
    'resolves with every status without `validateStatus`',
    request({ url: '/status/404', validateStatus: null }),
  ],
  ['reads an error as arraybuffer', request({ url: '/status/404', responseType: 'arraybuffer' })],
  ['ends after `timeout`', request({ url: '/hang', timeout: 200 })],
  [
    'ends after `timeout` with its own message',
    request({ url: '/hang', timeout: 200, timeoutErrorMessage: 'too slow' }),
  ],
  [
    'ends after `timeout` with the clear code',
    request({ url: '/hang', timeout: 200, transitional: { clarifyTimeoutError: true } }),
  ],
  ['rejects a `timeout` that is no number', request({ url: '/text', timeout: 'soon' as never })],
  [
    'ends by `signal`',
    (http) => {
      const controller = new AbortController();
      void abortAfterStart(() => controller.abort());
      return http.get('/hang', { signal: controller.signal });
    },
  ],
  ['does not start if `signal` has aborted', request({ url: '/hang', signal: AbortSignal.abort() })],
  [
    'ends by `cancelToken`, with its message',
    (http) => {
      const { token, cancel } = axios.CancelToken.source();
      void abortAfterStart(() => cancel('enough'));
      return http.get('/hang', { cancelToken: token });
    },
  ],
  [
    'passes interceptors',
    (http) => {
      const own = axios.create(http.defaults as never);
      own.interceptors.request.use((config) => {
        config.headers.set('x-film', 'aliens');
        return config;
      });
      own.interceptors.response.use((response) => ({ ...response, data: 'intercepted' }));
      return own.get('/status/200');
    },
  ],
  [
    'lets an interceptor handle an error',
    (http) => {
      const own = axios.create(http.defaults as never);
      own.interceptors.response.use(undefined, (error: unknown) => {
        if (!isAxiosError(error)) throw error;
        return error.response;
      });
      return own.get('/status/404');
    },
  ],
];

describe('HttpService over an upstream behaves like plain axios', () => {
  it.each(cases)('%s', async (_, send) => {
    const expected = await observe(plain(), send);
    const wanted = received.length > 0 ? requested() : undefined;
    received.length = 0;
    waiting = 0;
    expect(await observe(resilient(), send)).toEqual(expected);
    expect(received.length > 0 ? requested() : undefined).toEqual(wanted);
  });

  it.each([
    ['a closed port', (): unknown => server.close(), '/text', 'ECONNREFUSED'],
    ['a connection that is cut', (): void => {}, '/reset', 'ECONNRESET'],
  ])('%s has the code of the system', async (_, arrange, url, code) => {
    const http = resilient();
    arrange();
    for (const each of [plain(), http])
      await expect(each.get(url)).rejects.toMatchObject({ isAxiosError: true, code });
  });
});

describe('HttpService over an upstream', () => {
  it('attaches the problem as cause, with the response of the last attempt', async () => {
    await expect(resilient().get('/status/503')).rejects.toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      status: 503,
      response: { data: { reported: 'so' } },
      cause: { code: 'unavailable' },
    });
    expect(received).toHaveLength(3);
  });

  it.each([
    ['a read', { method: 'get' }, 2],
    ['a post', { method: 'post' }, 1],
    ['a post with a key', { method: 'post', headers: { 'Idempotency-Key': 'an-order-of-one-film' } }, 2],
    ['a put', { method: 'put' }, 2],
    ['a patch', { method: 'patch' }, 1],
  ])('retries %s only if that is safe', async (_, config, attempts) => {
    failures = 1;
    const response = await resilient().request({ ...config, url: '/flaky', validateStatus: null });
    expect(response.status).toBe(attempts === 2 ? 200 : 500);
    expect(received).toHaveLength(attempts);
  });

  it('sends nothing while the breaker is open', async () => {
    const upstream = connect();
    upstream.setBreakerMode('isolated');
    await expect(createResilientHttp(upstream).axiosRef.get('/text')).rejects.toMatchObject({
      name: 'AxiosError',
      code: 'ERR_NETWORK',
      cause: { code: 'breaker-open', status: 503 },
    });
    expect(received).toHaveLength(0);
  });

  it('counts failures for the breaker, also if `validateStatus` accepts them', async () => {
    const upstream = connect({ breakerMinimumCalls: 2, retryAttempts: 1 });
    const http = createResilientHttp(upstream, { validateStatus: null }).axiosRef;
    await http.get('/status/500');
    await http.get('/status/500');
    expect(upstream.breakerDescription.state).toBe('open');
  });

  it('shares identical reads in flight, and gives each caller its own response', async () => {
    const http = resilient();
    const [first, second] = await Promise.all([http.get('/status/200'), http.get('/status/200')]);
    expect(received).toHaveLength(1);
    expect(second.data).toEqual(first.data);
    expect(second.data).not.toBe(first.data);
  });

  it('cancels only one of two reads that share a call', async () => {
    const http = resilient();
    const controller = new AbortController();
    const canceled = http.get('/hang', { signal: controller.signal });
    const other = http.get('/hang', { timeout: 300 });
    await abortAfterStart(() => controller.abort());
    await expect(canceled).rejects.toMatchObject({ code: 'ERR_CANCELED' });
    await expect(other).rejects.toMatchObject({ code: 'ECONNABORTED', cause: { status: 504 } });
  });

  it('ends at the deadline of the served request, which the upstream receives', async () => {
    const http = resilient();
    const context = { requestId: 'r', deadline: monotonicNow() + 300 };
    await expect(requestContext.run(context, () => http.get('/hang'))).rejects.toMatchObject({
      code: 'ECONNABORTED',
      cause: { status: 504 },
    });
    const { 'x-request-id': id, 'x-request-timeout-ms': timeout } = received[0]?.headers ?? {};
    expect(id).toBe('r');
    expect(Number(timeout)).toBeLessThanOrEqual(290);
  });

  it('ends when the client of the served request leaves', async () => {
    const http = resilient();
    const client = new AbortController();
    const call = requestContext.run({ requestId: 'r', signal: client.signal }, () => http.get('/hang'));
    void abortAfterStart(() => client.abort());
    await expect(call).rejects.toMatchObject({ code: 'ERR_CANCELED' });
  });

  it.each<[string, AxiosRequestConfig, string]>([
    ['an absolute address', { url: 'http://127.0.0.1/text' }, 'ERR_INVALID_URL'],
    ['an address without a scheme', { url: '//127.0.0.1/text' }, 'ERR_INVALID_URL'],
    ['a stream', { url: '/text', responseType: 'stream' }, 'ERR_NOT_SUPPORT'],
    ['form data', { url: '/same', method: 'post', data: new FormData() }, 'ERR_NOT_SUPPORT'],
    ['another method', { url: '/text', method: 'purge' }, 'ERR_NOT_SUPPORT'],
  ])('rejects %s', async (_, config, code) => {
    await expect(resilient().request(config)).rejects.toMatchObject({ name: 'AxiosError', code });
    expect(received).toHaveLength(0);
  });
});

describe('ResilientHttpModule', () => {
  const compile = (upstream: HttpUpstream | undefined) => {
    @Global()
    @Module({
      providers: [{ provide: upstreamToken('films'), useValue: upstream }],
      exports: [upstreamToken('films')],
    })
    class UpstreamsModule {}
    return Test.createTestingModule({
      imports: [
        UpstreamsModule,
        ResilientHttpModule.register({ upstream: 'films', headers: { 'x-film': 'alien' } }),
      ],
    }).compile();
  };

  it('provides an HttpService with its own defaults', async () => {
    const module = await compile(connect());
    const { data } = await firstValueFrom(module.get(HttpService).get<Received>('/echo'));
    expect(data).toMatchObject({ url: '/echo', headers: { 'x-film': 'alien', 'x-retry-attempt': '0' } });
  });

  it('provides none if the application runs without the upstream', async () => {
    expect((await compile(undefined)).get(HttpService)).toBeUndefined();
  });
});
