/** Describes a header that the store reads or sends. */
export interface HeaderDescription {
  readonly name: string;
  /**
   * Message that carries it. `public`: between clients and the gateway. `internal`: between services. `operations`:
   * between operators and `/ops`, `/health` or `/metrics`.
   */
  readonly message: `${'public' | 'internal' | 'operations'} ${'request' | 'response'}`;
  readonly meaning: string;
  readonly example: string;
}

/** Lists the headers of the store. Services ignore other headers, except those of HTTP itself. */
export const headers = [
  {
    name: 'Authorization',
    message: 'public request',
    meaning:
      'Bearer token of the customer. Required on orders if `AUTH_JWT_SECRET` or `AUTH_JWKS_URL` is set.',
    example: 'Bearer eyJhbGciOi…',
  },
  {
    name: 'Content-Type',
    message: 'public request',
    meaning: 'Must be JSON in UTF-8 on requests with a body.',
    example: 'application/json',
  },
  {
    name: 'Idempotency-Key',
    message: 'public request',
    meaning:
      'Identifies one operation. Required on `POST /api/orders`. Requests with the same key get the response of the first one for 24 hours. 16 to 255 visible ASCII characters, except `"` and `,`.',
    example: '6b1f0c9e-4d0a-4b43-9d2e-2f1c6a3b7d55',
  },
  {
    name: 'X-Request-Timeout-Ms',
    message: 'public request',
    meaning:
      'Time that the client waits, in milliseconds. It shortens the deadline of the route and never extends it.',
    example: '800',
  },
  {
    name: 'X-Request-Id',
    message: 'public request',
    meaning: 'Identifier of the client, logged as `clientRequestId`. The gateway creates its own request id.',
    example: 'app-4711',
  },
  {
    name: 'traceparent',
    message: 'public request',
    meaning: 'W3C trace context of the client. The gateway starts a trace of its own that links to it.',
    example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  },
  {
    name: 'X-Request-Id',
    message: 'public response',
    meaning: 'Identifies the exchange in all log records and in problems.',
    example: '0b8e3d1c-6f2a-4c57-9a51-7d2f4e8c9b10',
  },
  {
    name: 'X-Degraded',
    message: 'public response',
    meaning:
      'Lists each degraded feature with the reason and the source of its value. Absent if the response is complete.',
    example: 'product;reason=timeout;source=last-known-good',
  },
  {
    name: 'Age',
    message: 'public response',
    meaning: 'Age of the oldest part of the response, in seconds. Absent if no part is old.',
    example: '37',
  },
  {
    name: 'Cache-Control',
    message: 'public response',
    meaning:
      'If a part is old, the highest age that the route allows, in seconds, as `stale-if-error`. `no-store` on problems.',
    example: 'max-age=0, stale-if-error=86400',
  },
  {
    name: 'Cache-Status',
    message: 'public response',
    meaning: 'If a part is old (RFC 9211): its age as a negative `ttl`, and the reason.',
    example: 'gateway; hit; ttl=-37; detail=breaker-open',
  },
  {
    name: 'Idempotent-Replayed',
    message: 'public response',
    meaning: 'Present if the response is that of an earlier request with the same `Idempotency-Key`.',
    example: 'true',
  },
  {
    name: 'Location',
    message: 'public response',
    meaning: 'Path of the new order.',
    example: '/api/orders/5d3c…',
  },
  {
    name: 'Retry-After',
    message: 'public response',
    meaning: 'Seconds to wait before the request is sent again.',
    example: '2',
  },
  {
    name: 'WWW-Authenticate',
    message: 'public response',
    meaning: 'Scheme of the credentials, on 401.',
    example: 'Bearer',
  },
  {
    name: 'Allow',
    message: 'public response',
    meaning: 'Methods of the path, on 405.',
    example: 'GET, HEAD',
  },
  {
    name: 'Connection',
    message: 'public response',
    meaning: '`close` if the server closes the connection, for example while it drains.',
    example: 'close',
  },
  {
    name: 'Content-Security-Policy',
    message: 'public response',
    meaning: 'Blocks all content, except what a page of the gateway needs.',
    example: "default-src 'none'; …",
  },
  {
    name: 'Cross-Origin-Opener-Policy',
    message: 'public response',
    meaning: 'Separates the window from windows of other sites.',
    example: 'same-origin',
  },
  {
    name: 'Cross-Origin-Resource-Policy',
    message: 'public response',
    meaning: 'Keeps other sites from embedding the response.',
    example: 'same-origin',
  },
  {
    name: 'Referrer-Policy',
    message: 'public response',
    meaning: 'Keeps the address of a page from other sites.',
    example: 'no-referrer',
  },
  {
    name: 'X-Content-Type-Options',
    message: 'public response',
    meaning: 'Keeps browsers from guessing the content type.',
    example: 'nosniff',
  },
  {
    name: 'Authorization',
    message: 'internal request',
    meaning: 'First token of `SERVICE_TOKEN`. The service accepts every token of its own `SERVICE_TOKEN`.',
    example: 'Bearer 4f1c…',
  },
  {
    name: 'X-Principal',
    message: 'internal request',
    meaning: 'Customer that the gateway authenticated.',
    example: 'customer-17',
  },
  {
    name: 'Idempotency-Key',
    message: 'internal request',
    meaning: 'Key that the gateway derives from the key of the client and its secret.',
    example: 'c2f1…',
  },
  {
    name: 'X-Request-Timeout-Ms',
    message: 'internal request',
    meaning: 'Time that is left for this attempt, in milliseconds.',
    example: '640',
  },
  {
    name: 'X-Request-Priority',
    message: 'internal request',
    meaning:
      'Priority of the request: `critical`, `normal` or `sheddable`. Load shedding and bulkheads use it.',
    example: 'sheddable',
  },
  {
    name: 'X-Retry-Attempt',
    message: 'internal request',
    meaning:
      'Number of the attempt, from 0. Present if the caller retries; services that it calls do not retry then.',
    example: '1',
  },
  {
    name: 'X-Request-Id',
    message: 'internal request',
    meaning: 'Request id of the gateway. The service uses it in its log records.',
    example: '0b8e3d1c-6f2a-4c57-9a51-7d2f4e8c9b10',
  },
  {
    name: 'traceparent',
    message: 'internal request',
    meaning: 'W3C trace context of the attempt. The service continues the trace. `tracestate` goes with it.',
    example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  },
  {
    name: 'X-Service-Draining',
    message: 'internal response',
    meaning: 'Present while the service drains. Callers use another endpoint.',
    example: 'true',
  },
  {
    name: 'Authorization',
    message: 'operations request',
    meaning: '`ADMIN_TOKEN` of an operator. Browsers use a session instead.',
    example: 'Bearer 9a0b…',
  },
  {
    name: 'Cookie',
    message: 'operations request',
    meaning: 'Session of an operator in a browser, valid for one hour.',
    example: 'ops-session=…',
  },
  {
    name: 'Sec-Fetch-Site',
    message: 'operations request',
    meaning: 'Set by browsers. Requests of other sites are rejected. Without it, `Origin` must match `Host`.',
    example: 'same-origin',
  },
  {
    name: 'X-Forwarded-Proto',
    message: 'operations request',
    meaning:
      'With `https`, the session cookie is `Secure`. Without `ADMIN_TOKEN`, requests with a header of a proxy are rejected: `Forwarded`, `Via`, `X-Forwarded-*` and others.',
    example: 'https',
  },
  {
    name: 'Set-Cookie',
    message: 'operations response',
    meaning: 'Starts or ends a session of an operator in a browser.',
    example: 'ops-session=…; HttpOnly; SameSite=Strict',
  },
] as const satisfies readonly HeaderDescription[];

export type ResponseHeader = Extract<(typeof headers)[number], { message: 'public response' }>['name'];

/** Returns the OpenAPI descriptions of headers of a public response. */
export const toOpenApiHeaders = (...names: readonly ResponseHeader[]) =>
  Object.fromEntries(
    headers
      .filter(({ name, message }) => message === 'public response' && names.some((each) => each === name))
      .map(({ name, meaning, example }) => [name, { description: meaning, schema: toSchema(example) }]),
  );

const toSchema = (example: string) =>
  /^\d+$/.test(example)
    ? { type: 'integer' as const, minimum: 0, example: Number(example) }
    : { type: 'string' as const, example };
