import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Store, startStore } from '../e2e/store.ts';
import { run } from './fuzz-run.ts';
import { parseOperations } from './document.ts';
import { createResponseCheck } from './check-response.ts';
import type { Case } from './requests.ts';
import {
  type WireResponse,
  type HttpRequest,
  asBytesCommand,
  asCommand,
  toBytes,
  parseResponse,
} from './wire.ts';

const request: HttpRequest = { method: 'GET', target: '/films', headers: [], framing: 'length' };

describe('the API, fuzzed by its own OpenAPI document', () => {
  let store: Store;
  beforeAll(async () => {
    store = await startStore({ DATABASE_URL: '', REDIS_URL: '', LOG_LEVEL: 'error' });
  });
  afterAll(() => store.close());

  it('responds as documented, and survives', async () => {
    const { findings, replies } = await run({
      port: store.ports.gateway,
      cases: 1200,
      seed: 7,
      onProgress: () => undefined,
    });
    expect(findings).toEqual([]);
    for (const status of ['200', '201', '400', '404', '422']) expect([...replies.keys()]).toContain(status);
    for (const port of Object.values(store.ports))
      expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    expect(store.log).toEqual([]);
  });
});

describe('the check of a response', () => {
  const document = {
    paths: {
      '/films': {
        get: {
          parameters: [],
          responses: {
            200: {
              content: { 'application/json': { schema: { type: 'array', items: { type: 'string' } } } },
            },
            404: { content: { 'application/problem+json': { schema: { $ref: '#/components/Problem' } } } },
          },
        },
      },
    },
    components: { Problem: { type: 'object', required: ['code'] } },
  };
  const checkResponse = createResponseCheck(parseOperations(document));
  const problem = {
    type: 'x',
    title: 'x',
    status: 404,
    code: 'not-found',
    retryable: false,
    requestId: '1',
  };
  const response = (status: number, type: string, body: unknown, id = '1'): WireResponse => ({
    status,
    headers: new Map([
      ['content-type', type],
      ['x-request-id', id],
    ]),
    body: JSON.stringify(body),
  });
  const json = 'application/json';
  const problemJson = 'application/problem+json; charset=utf-8';
  const near: Case = { kind: 'near', request };

  it('accepts a documented response', () => {
    expect(checkResponse(near, response(200, json, ['Alien']))).toBeUndefined();
    expect(checkResponse(near, response(404, problemJson, problem))).toBeUndefined();
  });

  it.each<[string, Case, Parameters<typeof checkResponse>[1], string]>([
    ['silence', near, 'hangs', 'there is no response'],
    ['a connection closed', near, 'closed', 'the connection was closed without a response'],
    ['a 500', near, response(500, problemJson, { ...problem, code: 'internal' }), 'a 500, internal'],
    ['a 504 without a short deadline', near, response(504, 'text/html', ''), 'a 504'],
    ['a 503 of a breaker', near, response(503, problemJson, { code: 'breaker-open' }), 'a 503'],
    ['another status', near, response(202, json, []), '202 is not documented for GET /films'],
    ['another type', near, response(200, 'text/html', []), '200 is not documented as text/html'],
    [
      'another body',
      near,
      response(200, json, [1]),
      'the body does not fit its schema: data/0 must be string',
    ],
    [
      'an error that is no problem',
      near,
      response(404, json, {}),
      'a 404 that is no problem but application/json',
    ],
    ['an error with an unknown code', near, response(404, problemJson, {}), 'a 404 whose body is no problem'],
    ['two request ids', near, response(404, problemJson, problem, '2'), 'a 404 with two request ids'],
    ['another status in the body', near, response(409, problemJson, problem), 'a 409 whose body says 404'],
    [
      'the rejection of a documented request',
      { kind: 'fitting', request: { ...request, target: '/elsewhere' } },
      response(405, problemJson, { ...problem, status: 405 }),
      'a documented request was rejected with 405',
    ],
  ])('rejects %s', (_, sent, reply, what) => {
    expect(checkResponse(sent, reply)).toBe(what);
  });

  it('accepts overload, and a deadline of the client', () => {
    const shortDeadline: Case = {
      kind: 'near',
      request: { ...request, target: '/', headers: [['X-Request-Timeout-Ms', '1']] },
    };
    expect(
      checkResponse(shortDeadline, response(504, problemJson, { ...problem, status: 504 })),
    ).toBeUndefined();
    const elsewhere: Case = { kind: 'near', request: { ...request, target: '/' } };
    const overloaded = { ...problem, status: 503, code: 'overloaded' };
    expect(checkResponse(elsewhere, response(503, problemJson, overloaded))).toBeUndefined();
  });

  it('accepts a closed connection after input that is not HTTP', () => {
    expect(checkResponse({ kind: 'raw', bytes: new Uint8Array([1]) }, 'closed')).toBeUndefined();
  });
});

it('a reference without a target is an error', () => {
  expect(() => parseOperations({ paths: { $ref: '#/$defs/Gone' } })).toThrow(
    'the OpenAPI document refers to #/$defs/Gone, which does not exist',
  );
});

describe('on the wire', () => {
  it('a body is framed by its length, by one byte too many, or in chunks', () => {
    const text = (framing: HttpRequest['framing']) => toBytes({ ...request, body: 'é', framing }).toString();
    expect(text('length')).toBe(
      'GET /films HTTP/1.1\r\nhost: fuzz\r\nconnection: close\r\ncontent-length: 2\r\n\r\né',
    );
    expect(text('long')).toContain('content-length: 3\r\n\r\né');
    expect(text('chunked')).toContain('transfer-encoding: chunked\r\n\r\n2\r\né\r\n0\r\n\r\n');
  });

  it('a response is parsed once it is complete, after a 100', () => {
    const bytes = Buffer.from(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok',
    );
    expect(parseResponse(bytes.subarray(0, -1), false)).toBeUndefined();
    expect(parseResponse(bytes, false)).toMatchObject({ status: 201, body: 'ok' });
    expect(parseResponse(bytes.subarray(0, -2), true)).toMatchObject({ status: 201, body: '' });
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\n\r\n';
    expect(parseResponse(Buffer.from(chunked), false)).toMatchObject({ status: 200, body: 'ok!' });
  });

  it('a request is printed as a command that sends it again', () => {
    expect(asCommand(80, { ...request, headers: [['a', 'b']], body: '{}' })).toBe(
      `curl -si --globoff --path-as-is -X GET 'http://127.0.0.1:80/films' -H 'a: b' --data-binary '{}'`,
    );
    expect(asBytesCommand(80, Buffer.from("A\0'\\"))).toBe(
      `printf '%b' 'A\\x00\\x27\\x5c' | nc -N 127.0.0.1 80`,
    );
  });
});
