import { z } from 'zod';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed when it is sent again later. */
  readonly retryable: boolean;
  /** Absent: nothing is said. `false`: with another Idempotency-Key the same could be done a second time. */
  readonly safeNewKey?: false;
}

/** Every problem the platform answers with, by its `code`. */
export const problemKinds = {
  'validation-failed': { status: 400, title: 'The request is not valid', retryable: false },
  'idempotency-key-missing': { status: 400, title: 'An Idempotency-Key is required', retryable: false },
  'idempotency-key-invalid': { status: 400, title: 'The Idempotency-Key is not valid', retryable: false },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    retryable: false,
  },
  'operation-in-progress': { status: 409, title: 'This request is being worked on', retryable: true },
  'outcome-unknown': {
    status: 409,
    title: 'Whether this request took effect is not known',
    retryable: false,
    safeNewKey: false,
  },
  'idempotency-unavailable': { status: 503, title: 'Cannot be done just once for now', retryable: true },
  'out-of-stock': { status: 409, title: 'Not enough in stock', retryable: false },
  unauthorised: { status: 401, title: 'Who are you?', retryable: false },
  forbidden: { status: 403, title: 'Not allowed', retryable: false },
  'not-found': { status: 404, title: 'Not found', retryable: false },
  'method-not-allowed': { status: 405, title: 'Method not allowed', retryable: false },
  'request-timeout': { status: 408, title: 'The request took too long to arrive', retryable: true },
  'payload-too-large': { status: 413, title: 'The body is too large', retryable: false },
  'uri-too-long': { status: 414, title: 'The address is too long', retryable: false },
  'unsupported-media-type': { status: 415, title: 'The content type is not supported', retryable: false },
  'rate-limited': { status: 429, title: 'You ask too often', retryable: true },
  'headers-too-large': { status: 431, title: 'The headers are too large', retryable: false },
  internal: { status: 500, title: 'Internal error', retryable: false },
  'upstream-bad-response': { status: 502, title: 'An upstream answered badly', retryable: true },
  'upstream-unreachable': { status: 502, title: 'An upstream is unreachable', retryable: true },
  'upstream-timeout': { status: 504, title: 'An upstream took too long', retryable: true },
  'deadline-exceeded': { status: 504, title: 'The request ran out of time', retryable: true },
  overloaded: { status: 503, title: 'Too much to do', retryable: true },
  'breaker-open': { status: 503, title: 'An upstream fails and is not asked for now', retryable: true },
  'bulkhead-full': { status: 503, title: 'Too many requests wait for an upstream', retryable: true },
  unavailable: { status: 503, title: 'Temporarily unavailable', retryable: true },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problemKinds;
export const problemCodes = Object.keys(problemKinds) as ProblemCode[];

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
    code: z.enum(problemCodes),
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

/** An error with an answer of its own. Whatever else is thrown reaches the client as an opaque `internal`. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly Fault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  private readonly detail: string | undefined;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? problemKinds[code].title, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = options.status ?? problemKinds[code].status;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.detail = options.detail;
  }

  toBody(requestId: string): ProblemBody {
    const { title, retryable, safeNewKey }: ProblemKind = problemKinds[this.code];
    return {
      type: `urn:film-store:problem:${this.code}`,
      title,
      status: this.status,
      ...(this.detail !== undefined && { detail: this.detail }),
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
