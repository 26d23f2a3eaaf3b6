import type { FastifyRequest } from 'fastify';
import { isLargeBody } from '@film-store/core';
import { PreparedProblem, Problem } from '@film-store/problem';
import { HEADERS_LIMIT, URL_LIMIT } from './fastify.ts';

const prepare = (...problem: ConstructorParameters<typeof Problem>): PreparedProblem =>
  new PreparedProblem(new Problem(...problem));

const NOT_FOUND = prepare('not-found');
const URI_TOO_LONG = prepare('uri-too-long');
const HEADERS_TOO_LARGE = prepare('headers-too-large');
const PAYLOAD_TOO_LARGE = prepare('payload-too-large');
const SEVERAL_HOSTS = prepare('validation-failed', {
  detail: 'the request names more than one host',
});
const NO_HOST = prepare('validation-failed', { detail: 'the request names no host' });

/** Returns the problem of a request that no handler may serve, as its head shows. */
export function findRejection(request: FastifyRequest): PreparedProblem | undefined {
  const { url, method, headers, raw } = request;
  if (url.length > URL_LIMIT) return URI_TOO_LONG;
  const { rawHeaders, httpVersion } = raw;
  if (rawHeaders.length > 2 * HEADERS_LIMIT) return HEADERS_TOO_LARGE;
  // RFC 9112, 3.2. Names and values alternate in `rawHeaders`.
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === 'host') hosts += 1;
  if (hosts > 1) return SEVERAL_HOSTS;
  if (hosts === 0 && httpVersion === '1.1') return NO_HOST;
  if (request.is404) return NOT_FOUND;
  // Fastify does not read the bodies of these.
  if (method === 'GET' || method === 'HEAD' || headers['content-length'] === undefined) return undefined;
  return isLargeBody(headers, request.routeOptions.bodyLimit ?? Infinity) ? PAYLOAD_TOO_LARGE : undefined;
}
