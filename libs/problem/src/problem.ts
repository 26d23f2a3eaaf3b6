import { z } from 'zod';
import { brand, sharedValue } from '@film-store/core';

/** Describes all problems that have one code. */
export interface ProblemKind {
  /** The HTTP status, 400 to 599. */
  readonly status: number;
  /** One short sentence for people, the same for each problem of this code. */
  readonly title: string;
  /** Whether the same request may succeed when it is sent again later. */
  readonly retryable: boolean;
  /** Absent: nothing is said. `false`: with another Idempotency-Key the same could be done a second time. */
  readonly safeNewKey?: false;
}

const genericKinds = {
  'validation-failed': { status: 400, title: 'Invalid request', retryable: false },
  'idempotency-key-missing': { status: 400, title: 'Idempotency key required', retryable: false },
  'idempotency-key-invalid': { status: 400, title: 'Invalid idempotency key', retryable: false },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency key reused with a different request',
    retryable: false,
  },
  'operation-in-progress': { status: 409, title: 'Operation in progress', retryable: true },
  'outcome-unknown': {
    status: 409,
    title: 'Outcome unknown',
    retryable: false,
    safeNewKey: false,
  },
  'idempotency-unavailable': { status: 503, title: 'Idempotency store unavailable', retryable: true },
  unauthorized: { status: 401, title: 'Authentication required', retryable: false },
  forbidden: { status: 403, title: 'Forbidden', retryable: false },
  'not-found': { status: 404, title: 'Not found', retryable: false },
  'method-not-allowed': { status: 405, title: 'Method not allowed', retryable: false },
  'request-timeout': { status: 408, title: 'Request timeout', retryable: true },
  'payload-too-large': { status: 413, title: 'Payload too large', retryable: false },
  'uri-too-long': { status: 414, title: 'URI too long', retryable: false },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type', retryable: false },
  'rate-limited': { status: 429, title: 'Rate limit exceeded', retryable: true },
  'headers-too-large': { status: 431, title: 'Request headers too large', retryable: false },
  internal: { status: 500, title: 'Internal error', retryable: false },
  'upstream-bad-response': { status: 502, title: 'Invalid upstream response', retryable: true },
  'upstream-unreachable': { status: 502, title: 'Upstream unreachable', retryable: true },
  'upstream-timeout': { status: 504, title: 'Upstream timeout', retryable: true },
  'deadline-exceeded': { status: 504, title: 'Deadline exceeded', retryable: true },
  overloaded: { status: 503, title: 'Service overloaded', retryable: true },
  'breaker-open': { status: 503, title: 'Circuit breaker open', retryable: true },
  'bulkhead-full': { status: 503, title: 'Bulkhead full', retryable: true },
  unavailable: { status: 503, title: 'Temporarily unavailable', retryable: true },
} as const satisfies Record<string, ProblemKind>;

/**
 * Declares the codes of an application, whose kinds `registerProblems` takes:
 * `declare module '@film-store/problem' { interface ApplicationProblems { 'out-of-stock': ProblemKind } }`.
 */
export interface ApplicationProblems {}

export type ProblemCode = keyof typeof genericKinds | keyof ApplicationProblems;

/** What the application registers, which must hold for every copy of this package. */
const registry = sharedValue('problem/registry', () => ({
  kinds: { ...genericKinds } as Record<string, ProblemKind>,
  codes: Object.keys(genericKinds) as ProblemCode[],
  typeBase: 'urn:problem:',
}));
const { kinds } = registry;

/** All registered problems by their `code`: the generic ones and those of the application. */
export const problemKinds = kinds as Readonly<Record<ProblemCode, ProblemKind>>;
/** The codes of `problemKinds`. */
export const problemCodes = registry.codes;

/**
 * Adds the application's own codes. Call it while modules load: the codes that a received problem may have are fixed
 * when the first one is parsed.
 * @throws Error where a code is registered already; then none of them is added
 */
export function registerProblems(added: Readonly<Partial<ApplicationProblems>>): void {
  const entries = Object.entries<ProblemKind>(added);
  const taken = entries.flatMap(([code]) => (Object.hasOwn(kinds, code) ? [code] : []));
  if (taken.length > 0) throw new Error(`problem codes are registered already: ${taken.join(', ')}`);
  for (const [code, kind] of entries) {
    kinds[code] = kind;
    problemCodes.push(code as ProblemCode);
  }
}

function kindOf(code: ProblemCode): ProblemKind {
  if (!Object.hasOwn(kinds, code)) throw new Error(`problem code is not registered: ${code}`);
  return problemKinds[code];
}

/**
 * Sets what precedes the code in the `type` of every problem, for example `https://example.org/problems/`. Call it
 * while modules load.
 * @default urn:problem:
 */
export function setProblemTypeBase(base: string): void {
  registry.typeBase = base;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** One fault in the request: where (an RFC 6901 pointer into the body, the query or the path's parameters) and what. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** The body of every error answer (RFC 9457), `application/problem+json`. */
export const problemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    // Created when the first problem is parsed, after the application has registered its codes.
    code: z.lazy(() => z.enum(problemCodes)),
    retryable: z.boolean(),
    safeNewKey: z.boolean().optional(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof problemBody>;

/** A problem as it goes on the wire. */
export interface ProblemAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ProblemOptions {
  /** For people; never a stack, a path or an upstream's own words. */
  readonly detail?: string;
  /** Where one code has two statuses: `validation-failed` is 400 for syntax, 422 for semantics. */
  readonly status?: number;
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * An error with an answer of its own. Whatever else is thrown reaches the client as an opaque `internal`. Nest's own
 * exception filter, Fastify and Express read `statusCode`, `expose` and `headers`, so they need no filter of ours.
 * @throws Error where the code is not registered
 */
export class Problem extends Error {
  static {
    brand(this, 'problem/Problem');
  }

  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly Fault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly #kind: ProblemKind;
  readonly #detail: string | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    const kind = kindOf(code);
    super(options.detail ?? kind.title, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = options.status ?? kind.status;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.#kind = kind;
    this.#detail = options.detail;
  }

  /** The same as `status`, under the name that frameworks read. */
  get statusCode(): number {
    return this.status;
  }

  /** Whether a framework may send the message: not that of `internal`, which may come from a fault in the code. */
  get expose(): boolean {
    return this.code !== 'internal';
  }

  toBody(requestId: string): ProblemBody {
    const { title, retryable, safeNewKey } = this.#kind;
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

  /** Told to one client about one exchange: nobody may keep it. */
  toAnswer(requestId: string): ProblemAnswer {
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
