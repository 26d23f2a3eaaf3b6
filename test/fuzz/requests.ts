import fc from 'fast-check';
import type { Operation, Parameter } from './document.ts';
import { type Known, fitting, nearlyFitting, oddText, otherType } from './values.ts';
import { type HttpRequest, bytesOf } from './wire.ts';

/** Something to send, and what is to be expected of it. */
export type Case =
  /** The document allows it. */
  | { readonly kind: 'fitting'; readonly request: HttpRequest }
  /** One thing is wrong with it, or may be. */
  | { readonly kind: 'near'; readonly request: HttpRequest }
  /** Well-formed HTTP, and no more. */
  | { readonly kind: 'garbage'; readonly request: HttpRequest }
  /** Perhaps no HTTP at all. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

/** Cases of all kinds against all operations. */
export function anyCase(operations: readonly Operation[], known: Known): fc.Arbitrary<Case> {
  const each = operations.map((operation) => fittingRequest(operation, known));
  const near = operations.map((operation) => nearRequest(operation, known));
  return fc.oneof(
    { weight: 3, arbitrary: fc.oneof(...each).map((request): Case => ({ kind: 'fitting', request })) },
    { weight: 5, arbitrary: fc.oneof(...near).map((request): Case => ({ kind: 'near', request })) },
    { weight: 2, arbitrary: garbageRequest.map((request): Case => ({ kind: 'garbage', request })) },
    { weight: 1, arbitrary: rawBytes(fc.oneof(...each)).map((bytes): Case => ({ kind: 'raw', bytes })) },
  );
}

/** Values of parameters, as texts, and the text of the body: what a request is made of. */
interface Filling {
  readonly parameters: readonly (string | undefined)[];
  readonly body: string | undefined;
}

function fittingFilling({ parameters, body }: Operation, known: Known): fc.Arbitrary<Filling> {
  const values = parameters.map((parameter) => {
    const text = fitting(parameter.schema, known).map(String);
    return parameter.required ? text : fc.option(text, { nil: undefined, freq: 2 });
  });
  return fc.record({
    parameters: fc.tuple(...values),
    body: body ? fitting(body, known).map((value) => JSON.stringify(value)) : fc.constant(undefined),
  });
}

const fittingRequest = (operation: Operation, known: Known): fc.Arbitrary<HttpRequest> =>
  fittingFilling(operation, known).map((filling) => requestOf(operation, filling));

function requestOf(operation: Operation, { parameters, body }: Filling): HttpRequest {
  const given = operation.parameters.flatMap((parameter, nth) => {
    const value = parameters[nth];
    return value === undefined ? [] : [{ ...parameter, value }];
  });
  const of = (where: Parameter['in']) => given.filter((parameter) => parameter.in === where);
  const path = of('path').reduce(
    (all, { name, value }) => all.replace(`{${name}}`, () => encodeURIComponent(value.toWellFormed())),
    operation.path,
  );
  const query = new URLSearchParams(of('query').map(({ name, value }) => [name, value])).toString();
  return {
    method: operation.method,
    target: query === '' ? path : `${path}?${query}`,
    headers: [
      ...of('header').map(({ name, value }): [string, string] => [name, asHeaderValue(value)]),
      ...(body === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
    ],
    ...(body !== undefined && { body }),
    framing: 'length',
  };
}

/** HTTP allows tabs, visible ASCII and the upper half of Latin-1 in a header's value. */
const asHeaderValue = (text: string): string => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '\x80').trim();

/** A fitting request with one thing changed. */
function nearRequest(operation: Operation, known: Known): fc.Arbitrary<HttpRequest> {
  const filling = fittingFilling(operation, known);
  const whole = filling.map((each) => requestOf(operation, each));
  const { parameters, body } = operation;

  const wrongParameters = parameters.map(({ schema }, nth) => {
    const wrong = fc.option(fc.oneof(nearlyFitting(schema, known).map(asText), oddText), { nil: undefined });
    return combine(filling, wrong, (each, value) =>
      requestOf(operation, { body: each.body, parameters: each.parameters.with(nth, value) }),
    );
  });
  const wrongBodies = body && [
    combine(filling, nearlyFitting(body, known), ({ parameters: given }, value) =>
      requestOf(operation, { parameters: given, body: JSON.stringify(value) }),
    ),
    combine(whole, oddJson, (request, alter) => withChange(request, { body: alter(String(request.body)) })),
    combine(whole, fc.uint8Array({ maxLength: 200 }), (request, bytes) =>
      withChange(request, { body: bytes }),
    ),
  ];
  const wrongEnvelopes = [
    combine(whole, oddHeader, (request, header) =>
      withChange(request, { headers: request.headers.concat([header]) }),
    ),
    whole.map((request) => withChange(request, { headers: request.headers.concat(request.headers) })),
    combine(whole, method, (request, other) => withChange(request, { method: other })),
    combine(whole, oddTarget, (request, alter) => withChange(request, { target: alter(request.target) })),
    combine(whole, oddFraming, (request, framing) =>
      withChange(request, { framing, body: request.body ?? '{}' }),
    ),
  ];
  return fc.oneof(...wrongParameters, ...(wrongBodies ?? []), ...wrongEnvelopes);
}

const combine = <A, B, C>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>, of: (a: A, b: B) => C): fc.Arbitrary<C> =>
  fc.tuple(a, b).map(([one, other]) => of(one, other));

const withChange = (request: HttpRequest, change: Partial<HttpRequest>): HttpRequest => ({
  ...request,
  ...change,
});

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

const DEPTH = 5000;
const alterations: readonly ((json: string) => string)[] = [
  (json) => json.slice(0, -1),
  (json) => `${json}}`,
  (json) => `\ufeff${json}`,
  (json) => json.replace('{', '{"items":[],'),
  (json) => json.replace('{', '{"__proto__":{"x":1},'),
  (json) => json.replace('{', '{"constructor":{"prototype":{}},'),
  (json) => json.replace(/\d+/, '1e400'),
  (json) => json.replace(/\d+/, '9007199254740993'),
  (json) => json.replace(/\d+/, '1.0'),
  (json) => json.replace(/\d+/, '01'),
  (json) => json.replace(/\d+/, 'NaN'),
  (json) => json.replaceAll('"', "'"),
  (json) => `/* */${json}`,
  (json) => json.replace('{', `{"x":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)},`),
  (json) => json.replace('{', `{"x":${'{"x":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)},`),
  () => '',
  () => 'null',
  (json) => JSON.stringify(json),
  (json) => json.replace('"', '"\\u0000'),
  (json) => json.replace('"', '"\\ud800'),
  (json) => json + ' '.repeat(70_000),
];
const oddJson = fc.constantFrom(...alterations);

const method = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'M-SEARCH',
);

const targets: readonly ((target: string) => string)[] = [
  (target) => `${target}/`,
  (target) => `/${target}`,
  (target) => target.toUpperCase(),
  (target) => `${target}?`,
  (target) => `${target}&limit=1&limit=2`,
  (target) => `${target}?__proto__[x]=1&constructor=1`,
  (target) => `${target}?${'a'.repeat(5000)}`,
  (target) => `${target}?%`,
  (target) => `${target}%`,
  (target) => `${target}%2e%2e%2f`,
  (target) => `${target};v=1`,
  (target) => `${target}#x`,
  (target) => `${target}?${'a=1&'.repeat(900)}`,
  (target) => `/./${target}/../..`,
  (target) => `http://elsewhere.example${target}`,
  (target) => `${target}\xff`,
  (target) => target.replaceAll('/', '\\'),
];
const oddTarget = fc.constantFrom(...targets);

const headerName = fc.constantFrom(
  'accept',
  'accept-encoding',
  'authorization',
  'baggage',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'http2-settings',
  'idempotency-key',
  'if-none-match',
  'origin',
  'range',
  'te',
  'traceparent',
  'tracestate',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-http-method-override',
  'x-principal',
  'x-request-id',
  'x-request-priority',
  'x-request-timeout-ms',
  'x-retry-attempt',
  '__proto__',
);
const headerValues = [
  '',
  '0',
  '-1',
  '1e3',
  '99999999999999999999',
  'gzip',
  'identity',
  '100-continue',
  'h2c',
  '*/*;q=nonsense',
  'application/json',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'multipart/form-data; boundary=x',
  'text/plain',
  'Bearer x.y.z',
  'critical',
  'a,b',
  '"',
  '00-00000000000000000000000000000000-0000000000000000-01',
  'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more',
  'bytes=0-0',
  'x'.repeat(3000),
];
const oddHeader: fc.Arbitrary<[string, string]> = fc.tuple(
  fc.oneof(
    { weight: 8, arbitrary: headerName },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-z!#$%&'*+.^_`|~-]{1,20}$/) },
  ),
  fc.oneof(fc.constantFrom(...headerValues), oddText.map(asHeaderValue)),
);

/** As HTTP lets a target be: no spaces, no control characters. */
const target = fc.oneof(
  fc.constantFrom(
    '/',
    '*',
    '/api',
    '/api/',
    '/docs',
    '/docs/openapi.json',
    '/health/live',
    '/health/deep',
    '/metrics',
  ),
  fc.constantFrom(
    '/ops/resilience',
    '/ops/traces/x',
    '//',
    '/%',
    '/..',
    '/api/__proto__',
    '/api/home/../orders',
  ),
  fc.stringMatching(/^\/[!-"$-~]{0,40}$/),
  fc.webUrl({ withQueryParameters: true }),
);

const oddFraming = fc.constantFrom<HttpRequest['framing'][]>('chunked', 'short', 'long', 'both');

const garbageRequest: fc.Arbitrary<HttpRequest> = fc.record({
  method,
  target: fc.oneof(target, fc.constantFrom('/api/orders', '/api/products', '/api/home')),
  headers: fc.array(oddHeader, { maxLength: 6 }),
  body: fc.oneof(otherType.map(asText), oddText, fc.uint8Array({ maxLength: 200 })),
  framing: fc.constantFrom('length', 'chunked', 'short', 'long', 'both'),
});

const PIECES = [
  'GET / HTTP/1.1\r\n',
  'GET /api/home HTTP/1.1\r\nhost: x\r\n',
  'POST /api/orders HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
  'GET /api/home HTTP/1.0\r\n\r\n',
  'GET /api/home HTTP/9.9\r\n\r\n',
  'GET /api/home\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nhost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n',
  'host: x\r\n',
  'content-length: 5\r\n',
  'content-length: -1\r\n',
  'content-length: 5, 6\r\n',
  'transfer-encoding: gzip, chunked\r\n',
  'transfer-encoding: chunked, identity\r\n',
  'x: a\r\n folded\r\n',
  'x : a\r\n',
  'x\x00: a\r\n',
  'x: \x00\r\n',
  `x: ${'y'.repeat(20_000)}\r\n`,
  '\r\n',
  '\n',
  '\r',
  'ffffffffffffffff\r\n',
  '5;ext="\r\nhello\r\n',
  '0\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
];

/** Pieces of HTTP in any order, bytes of no meaning, and good requests with some bytes changed. */
function rawBytes(good: fc.Arbitrary<HttpRequest>): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(good, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 5 }))
    .map(([request, changes]) => {
      const bytes = Uint8Array.from(bytesOf(request));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
  const pieces = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
    .map((some) => new Uint8Array(Buffer.from(some.join(''), 'latin1')));
  return fc.oneof(changed, pieces, fc.uint8Array({ minLength: 1, maxLength: 300 }));
}
