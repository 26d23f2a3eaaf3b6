import type { FastifyInstance } from 'fastify';

/**
 * What browsers are told with every answer of the edge: take it for what it says it is, run and embed nothing, tell
 * nobody where you come from, let no other origin have it. A page of ours sets a `content-security-policy` of its own.
 * No `strict-transport-security`: over plain HTTP browsers ignore it (RFC 6797, 8.1), so who ends TLS sets it.
 *
 * Set as they are: `@fastify/helmet` puts together the same headers anew for each answer, which cost 24 µs instead of 10.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** All that the page of the API documentation needs: its own scripts, and the styles it brings in its HTML. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const DOCS = /^\/docs(?:\/|$)/;

/** Call it before other hooks are added: an answer that is refused early has them too. */
export function addSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    if (DOCS.test(request.routeOptions.url ?? '')) void reply.header('content-security-policy', DOCS_POLICY);
    done();
  });
}
