import fc from 'fast-check';
import { oddText } from './values.ts';
import type { HttpRequest } from './wire.ts';

/** HTTP allows tabs, visible ASCII and the upper half of Latin-1 in a header's value. */
export const asHeaderValue = (text: string): string =>
  text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '\x80').trim();

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
/** Changes that make a JSON text invalid, or ambiguous for parsers. */
export const oddJson = fc.constantFrom(...alterations);

export const method = fc.constantFrom(
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
/** Changes of the request target. */
export const oddTarget = fc.constantFrom(...targets);

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
/** Headers of intermediaries, other clients and attackers. */
export const oddHeader: fc.Arbitrary<[string, string]> = fc.tuple(
  fc.oneof(
    { weight: 8, arbitrary: headerName },
    { weight: 1, arbitrary: fc.stringMatching(/^[a-z!#$%&'*+.^_`|~-]{1,20}$/) },
  ),
  fc.oneof(fc.constantFrom(...headerValues), oddText.map(asHeaderValue)),
);

/** A valid request target: no spaces, no control characters. */
export const target = fc.oneof(
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

export const oddFraming = fc.constantFrom<HttpRequest['framing'][]>('chunked', 'short', 'long', 'both');

/** Pieces of valid and invalid requests. */
export const PIECES = [
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
