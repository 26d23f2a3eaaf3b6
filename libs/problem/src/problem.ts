import { z } from 'zod';
import { brand, sharedValue } from '@film-store/core';

export interface ProblemKind {
  /** HTTP status, 400 to 599. */
  readonly status: number;
  /** One short phrase for people. */
  readonly title: string;
  /** Set if the same request may succeed later. */
  readonly retryable: boolean;
  /** `false` if a request with another `Idempotency-Key` could have the effect a second time. */
  readonly safeNewKey?: false;
}

const genericKinds = {
  /** The request is malformed (400) or has an unacceptable value (422). Correct what `errors` lists. */
  'validation-failed': { status: 400, title: 'Invalid request', retryable: false },
  /** The route requires an `Idempotency-Key`. Send the request with a new key. */
  'idempotency-key-missing': { status: 400, title: 'Idempotency key required', retryable: false },
  /** The key is too short, too long or has an invalid character. Send another key, for example a UUID. */
  'idempotency-key-invalid': { status: 400, title: 'Invalid idempotency key', retryable: false },
  /** An earlier request with this key had another path, query or body. Send a new key. */
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused with a different request',
    retryable: false,
  },
  /** The first request with this key still executes. Send the same request after `Retry-After`. */
  'operation-in-progress': { status: 409, title: 'Operation in progress', retryable: true },
  /** The operation may have been executed. Get the outcome from an operator: a new key may execute it twice. */
  'outcome-unknown': { status: 409, title: 'Outcome unknown', retryable: false, safeNewKey: false },
  /** The store of keys fails; the operation may have been executed. Send the same request and key after `Retry-After`. */
  'idempotency-unavailable': { status: 503, title: 'Idempotency store unavailable', retryable: true },
  /** The bearer token is missing or not valid. Send a valid token. */
  unauthorized: { status: 401, title: 'Authentication required', retryable: false },
  /** The caller is no operator, or a page of another site sends the request. Send `ADMIN_TOKEN`. */
  forbidden: { status: 403, title: 'Forbidden', retryable: false },
  /** No route has this path, or the resource does not exist. Correct the path. */
  'not-found': { status: 404, title: 'Not found', retryable: false },
  /** The path exists, but not with this method. Use a method of the `Allow` header. */
  'method-not-allowed': { status: 405, title: 'Method not allowed', retryable: false },
  /** The headers or the body did not arrive in time. Send the request again. */
  'request-timeout': { status: 408, title: 'Request timeout', retryable: true },
  /** The body is longer than the service accepts. Send a shorter body. */
  'payload-too-large': { status: 413, title: 'Payload too large', retryable: false },
  /** The path and the query are longer than the service accepts. Shorten them. */
  'uri-too-long': { status: 414, title: 'URI too long', retryable: false },
  /** The body is not uncompressed JSON in UTF-8. Send `Content-Type: application/json`. */
  'unsupported-media-type': { status: 415, title: 'Unsupported media type', retryable: false },
  /** The client exceeds its request rate. Send the request again after `Retry-After`. */
  'rate-limited': { status: 429, title: 'Rate limit exceeded', retryable: true },
  /** The headers are longer than the service accepts. Send fewer or shorter headers. */
  'headers-too-large': { status: 431, title: 'Request headers too large', retryable: false },
  /** An unexpected error occurred, logged as `http.problem`. Report the `requestId`. */
  internal: { status: 500, title: 'Internal error', retryable: false },
  /** An upstream sent an invalid response. Send the request again later. */
  'upstream-bad-response': { status: 502, title: 'Invalid upstream response', retryable: true },
  /** An upstream could not be reached. Send the request again later. */
  'upstream-unreachable': { status: 502, title: 'Upstream unreachable', retryable: true },
  /** An upstream did not respond within the attempt timeout. Send the request again later. */
  'upstream-timeout': { status: 504, title: 'Upstream timeout', retryable: true },
  /** The deadline of the request passed. Send it again later, or with a longer timeout. */
  'deadline-exceeded': { status: 504, title: 'Deadline exceeded', retryable: true },
  /** Load shedding rejected the request before it was executed. Send it again after `Retry-After`. */
  overloaded: { status: 503, title: 'Service overloaded', retryable: true },
  /** The circuit breaker rejected the call of an upstream. Send the request again after `Retry-After`. */
  'breaker-open': { status: 503, title: 'Circuit breaker open', retryable: true },
  /** The bulkhead of an upstream has no free slot. Send the request again after `Retry-After`. */
  'bulkhead-full': { status: 503, title: 'Bulkhead full', retryable: true },
  /** A part of the service starts, fails or is switched off. Send the request again after `Retry-After`. */
  unavailable: { status: 503, title: 'Temporarily unavailable', retryable: true },
} as const satisfies Record<string, ProblemKind>;

/**
 * Declares the codes of an application, which `registerProblems` then registers:
 * `declare module '@film-store/problem' { interface ApplicationProblems { 'out-of-stock': ProblemKind } }`.
 */
export interface ApplicationProblems {}

export type ProblemCode = keyof typeof genericKinds | keyof ApplicationProblems;

/** All copies of this package share the codes that the application registers. */
const registry = sharedValue('problem/registry', () => ({
  kinds: { ...genericKinds } as Record<string, ProblemKind>,
  typeBase: 'urn:problem:',
}));

/** All registered problems by their `code`: the generic ones and those of the application. */
export const problemKinds = registry.kinds as Readonly<Record<ProblemCode, ProblemKind>>;

/**
 * Adds codes of the application. Call it while modules load: the first problem that is parsed fixes the set of codes.
 * @throws Error if a code is registered already. Then no code is added.
 */
export function registerProblems(added: Readonly<Partial<ApplicationProblems>>): void {
  const taken = Object.keys(added).filter((code) => Object.hasOwn(problemKinds, code));
  if (taken.length > 0) throw new Error(`problem codes are registered already: ${taken.join(', ')}`);
  Object.assign(registry.kinds, added);
}

/**
 * Sets the prefix of the code in the `type` of every problem, for example `https://example.org/problems/`. Call it while
 * modules load.
 * @default urn:problem:
 */
export function setProblemTypeBase(base: string): void {
  registry.typeBase = base;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** One error in the request. `pointer` (RFC 6901) leads into the body, the query or the parameters of the path. */
const fieldError = z.object({ pointer: z.string(), detail: z.string() });
export type FieldError = Readonly<z.infer<typeof fieldError>>;

/** The body of every error response (RFC 9457). */
export const problemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    // Created at the first parse, after the application has registered its codes.
    code: z.lazy(() => z.enum(Object.keys(problemKinds) as ProblemCode[])),
    retryable: z.boolean(),
    safeNewKey: z.boolean().optional(),
    requestId: z.string(),
    errors: z.array(fieldError).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof problemBody>;

export interface ProblemOptions {
  /** Text for people. It must not contain a stack, a file path or a message of an upstream. */
  readonly detail?: string | undefined;
  /** For a code with two statuses: `validation-failed` is 400 for syntax and 422 for semantics. */
  readonly status?: number;
  readonly errors?: readonly FieldError[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only. */
  readonly cause?: unknown;
}

/**
 * An error with a response of its own. Any other error reaches the client as an opaque `internal`. Nest's exception
 * filter, Fastify and Express read `statusCode`, `expose` and `headers`, so no filter of this package is needed.
 * @throws Error if the code is not registered
 */
export class Problem extends Error {
  static {
    brand(this, 'problem/Problem');
  }

  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly #detail: string | undefined;

  constructor(code: ProblemCode, { detail, status, errors, headers = {}, cause }: ProblemOptions = {}) {
    if (!Object.hasOwn(problemKinds, code)) throw new Error(`problem code is not registered: ${code}`);
    super(detail ?? problemKinds[code].title, { cause });
    this.name = 'Problem';
    this.code = code;
    this.status = status ?? problemKinds[code].status;
    this.errors = errors;
    this.headers = headers;
    this.#detail = detail;
  }

  /** The same as `status`, under the name that frameworks read. */
  get statusCode(): number {
    return this.status;
  }

  /** Returns whether a framework may send the message. The message of `internal` may describe a defect in the code. */
  get expose(): boolean {
    return this.code !== 'internal';
  }

  toBody(requestId: string): ProblemBody {
    const { title, retryable, safeNewKey } = problemKinds[this.code];
    return {
      type: `${registry.typeBase}${this.code}`,
      title,
      status: this.status,
      ...(this.#detail !== undefined && { detail: this.#detail }),
      code: this.code,
      retryable,
      ...(safeNewKey !== undefined && { safeNewKey }),
      requestId,
      ...(this.errors && { errors: [...this.errors] }),
    };
  }

  /** Returns the response to one request, which no cache may store. The names of the headers are in lower case. */
  toResponse(requestId: string) {
    return {
      status: this.status,
      headers: {
        ...this.headers,
        'cache-control': 'no-store',
        'content-type': `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
      },
      body: JSON.stringify(this.toBody(requestId)),
    };
  }
}
