import { z } from 'zod';
import {
  type Clock,
  DEADLINE_SLACK_MS,
  type HttpExchange,
  type Priority,
  requestContext,
  timeForCall,
} from '@film-store/core';
import { Problem, type ProblemCode } from '@film-store/problem';
import type { Breaker, BreakerDescription } from './core/breaker.ts';
import { type Call, NEVER } from './core/call.ts';
import type { EndpointState } from './core/endpoints.ts';
import { AttemptTimedOut } from './core/errors.ts';
import { RequestCollapser } from './core/request-collapser.ts';
import type { Pipeline } from './pipeline.ts';
import { startRejectionSeries, tellRejection } from './rejections.ts';
import type { AnswerListener, HttpMethod, PreparedRequest, UpstreamCall } from './transport.ts';
import { toProblem } from './upstream-failure.ts';
import type { BreakerPosition, Registered, RegisteredState } from './upstream.registry.ts';

type QueryValue = string | number | undefined;

export interface UpstreamRequest<T> {
  /** What the answer must be; one that does not fit is never passed on. */
  readonly schema: z.ZodType<T>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Problems of the upstream that are our own client's fault too, and are passed on as they are. */
  readonly expects?: readonly ProblemCode[];
  /** Where it differs from the request's that is served. */
  readonly priority?: Priority;
  /** Kept back from the time that is left, in milliseconds, for what is done when this call fails. */
  readonly reserveMs?: number;
  /** How long an attempt may take, in milliseconds, where it is not to be judged by how long others take. */
  readonly timeoutMs?: number;
}

export interface PostRequest<T> extends UpstreamRequest<T> {
  /** Whether it may be sent more than once, since it carries a key by which the upstream knows it again. */
  readonly idempotent?: boolean;
  /** Hears what an answer says beside its body. */
  readonly onAnswer?: AnswerListener;
}

/** A request whose response is passed on as it is. */
export interface RawRequest {
  readonly method: HttpMethod;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Whether it may be sent more than once. */
  readonly idempotent: boolean;
  /** Longest time of the whole call, in milliseconds, where that of the served request is longer. */
  readonly timeLimitMs?: number;
  /** Ends the call, as the end of the served request does. */
  readonly signal?: AbortSignal;
}

export interface UpstreamState extends RegisteredState {
  readonly endpoints: readonly EndpointState[];
}

export interface UpstreamParts {
  readonly name: string;
  readonly clock: Clock;
  /** See `UpstreamOptions.deadlineMs`. */
  readonly deadlineMs: number;
  readonly coalesce: boolean;
  readonly pipeline: Pipeline<unknown>;
  /** Sends one attempt that nothing is learnt from. */
  readonly probe: Call<unknown>;
  readonly endpoints: () => readonly EndpointState[];
  readonly close: () => Promise<void>;
}

/**
 * Another service, as its callers see it: a typed, checked answer within the deadline of the request that is served,
 * or a `Problem` that says what went wrong. Every call that leaves a service passes its pipeline.
 */
export class Upstream implements Registered {
  readonly name: string;
  readonly #parts: UpstreamParts;
  readonly #collapser: RequestCollapser | undefined;

  constructor(parts: UpstreamParts) {
    this.name = parts.name;
    startRejectionSeries(this.name);
    this.#parts = parts;
    // Attempts end a little before their callers leave. An upstream that hangs has then failed, which its breaker must
    // learn; one whose callers left has not.
    const options = { clock: parts.clock, slackMs: DEADLINE_SLACK_MS };
    this.#collapser = parts.coalesce ? new RequestCollapser(options) : undefined;
  }

  /**
   * @throws Problem `upstream-timeout`, `upstream-unreachable`, `upstream-bad-response`, `unavailable`, `overloaded`,
   * `breaker-open`, `bulkhead-full`, `deadline-exceeded`, or one that is expected
   */
  get<T>(path: string, request: UpstreamRequest<T>): Promise<T> {
    return this.#call(prepare('GET', path, request), request, true);
  }

  /** @throws Problem as `get` does. The upstream may have acted all the same. */
  post<T>(path: string, body: unknown, request: PostRequest<T>): Promise<T> {
    const { idempotent = false, onAnswer } = request;
    const prepared = { ...prepare('POST', path, request, JSON.stringify(body)), onAnswer };
    return this.#call(prepared, request, idempotent);
  }

  /** @throws Problem as `get` does. It may be sent more than once, which makes no difference. */
  put<T>(path: string, body: unknown, request: UpstreamRequest<T>): Promise<T> {
    return this.#call(prepare('PUT', path, request, JSON.stringify(body)), request, true);
  }

  /** @throws Problem as `put` does */
  delete(path: string, request: Omit<UpstreamRequest<undefined>, 'schema'> = {}): Promise<undefined> {
    const empty = { ...request, schema: z.undefined() };
    return this.#call(prepare('DELETE', path, empty), empty, true);
  }

  /**
   * Sends a request through all policies and returns the response without a look at its body, each byte of which is one
   * character of `data`.
   * @throws Problem as `get` does; `errorResponseOf` has the response with a status from 400 that it stands for
   */
  send({ method, url, headers, body, idempotent, timeLimitMs, signal }: RawRequest): Promise<HttpExchange> {
    const priority = requestContext.get()?.priority ?? 'normal';
    const prepared = { method, url, headers, body, expects: NOTHING_EXPECTED, priority };
    return this.#call(prepared, { headers, timeLimitMs, signal }, idempotent);
  }

  /**
   * Asks once, past all policies, which learn nothing from it: for checks that are to find out whether it is there.
   * @param ms how long the answer may take, in milliseconds
   * @throws Problem `upstream-timeout`, `upstream-unreachable`, `upstream-bad-response`, `unavailable`
   */
  async check<T>(path: string, schema: z.ZodType<T>, ms: number, signal: AbortSignal): Promise<T> {
    const late = AbortSignal.timeout(ms);
    const call: UpstreamCall = {
      signal: AbortSignal.any([signal, late]),
      deadline: this.#parts.clock.now() + ms,
      attempt: 1,
      idempotent: true,
      request: prepare('GET', path, { schema }),
      route: {},
    };
    try {
      return (await this.#parts.probe(call)) as T;
    } catch (error) {
      throw toProblem(this.name, late.aborted ? new AttemptTimedOut(ms) : error);
    }
  }

  get breaker(): BreakerDescription {
    return this.#parts.pipeline.breaker.describe();
  }

  /** See `Breaker.circuit`. */
  get circuit(): Breaker['circuit'] {
    return this.#parts.pipeline.breaker.circuit;
  }

  /** Holds the breaker open or closed, or leaves it to itself again. */
  force(position: BreakerPosition): void {
    this.#parts.pipeline.breaker.force(position);
  }

  describe(): UpstreamState {
    const { name, endpoints, pipeline } = this.#parts;
    const coalesce = this.#collapser && ({ policy: 'coalesce', state: this.#collapser.describe() } as const);
    return {
      name,
      endpoints: endpoints(),
      policies: [...(coalesce ? [coalesce] : []), ...pipeline.describe()],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.#parts.pipeline.dispose();
    await this.#parts.close();
  }

  async #call<T>(
    request: PreparedRequest,
    { reserveMs = 0, timeoutMs, headers, timeLimitMs = Infinity, signal }: CallOptions,
    idempotent: boolean,
  ): Promise<T> {
    const { clock, deadlineMs, pipeline } = this.#parts;
    const serving = requestContext.get();
    const now = clock.now();
    const latest = Math.min(serving?.deadline ?? now + deadlineMs, now + timeLimitMs);
    const time = timeForCall(latest, now + reserveMs);
    if (time === undefined)
      throw new Problem('deadline-exceeded', { detail: `no time is left to ask ${this.name}` });
    const call: UpstreamCall = {
      signal: anySignal(serving?.signal, signal),
      deadline: now + time,
      attempt: 1,
      idempotent,
      ...(timeoutMs !== undefined && { timeoutMs }),
      priority: request.priority,
      request,
      route: {},
    };
    try {
      const response =
        this.#collapser && isShareable(request)
          ? this.#collapser.share(toShareKey(request, headers), call, pipeline.call)
          : pipeline.call(call);
      return (await response) as T;
    } catch (error) {
      tellRejection(this.name, error);
      throw toProblem(this.name, error);
    }
  }
}

const isShareable = ({ method, body }: PreparedRequest): boolean => method === 'GET' && body === undefined;

/**
 * Identical reads have one address, the same headers of their callers, which may say on whose behalf, and the same
 * expected problems. They are all raw or none, and with retries or without, where a caller further up retries.
 */
function toShareKey(
  { url, expects, schema }: PreparedRequest,
  headers: UpstreamRequest<unknown>['headers'],
): string {
  const mayRetry = requestContext.get()?.retryAttempt === undefined;
  return `${schema ? '' : 'raw '}${url} ${mayRetry} ${expects.join()} ${headers ? JSON.stringify(headers) : ''}`;
}

type CallOptions = Pick<UpstreamRequest<unknown>, 'reserveMs' | 'timeoutMs' | 'headers'> & {
  readonly timeLimitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

const anySignal = (first: AbortSignal | undefined, second: AbortSignal | undefined): AbortSignal =>
  first && second ? AbortSignal.any([first, second]) : (first ?? second ?? NEVER);

const NOTHING_EXPECTED: readonly ProblemCode[] = [];

function prepare<T>(
  method: PreparedRequest['method'],
  path: string,
  { schema, query, headers, expects = NOTHING_EXPECTED, priority }: UpstreamRequest<T>,
  body?: string,
): PreparedRequest {
  return {
    method,
    url: withQuery(path, query),
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
    schema,
    expects,
    priority: priority ?? requestContext.get()?.priority ?? 'normal',
  };
}

function withQuery(path: string, query: UpstreamRequest<unknown>['query']): string {
  if (!query) return path;
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) given.append(key, String(value));
  }
  return given.size === 0 ? path : `${path}?${given.toString()}`;
}
