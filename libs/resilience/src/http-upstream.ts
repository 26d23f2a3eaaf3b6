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
import { recordRejection, startRejectionSeries } from './call-metrics.ts';
import type { Breaker, BreakerDescription } from './core/breaker.ts';
import { type Call, NEVER_ABORTED } from './core/call.ts';
import type { EndpointState } from './core/endpoints.ts';
import { AttemptTimedOut } from './core/errors.ts';
import { RequestCollapser } from './core/request-collapser.ts';
import type { Pipeline } from './pipeline.ts';
import type { HttpMethod, PreparedRequest, ResponseListener, UpstreamCall } from './transport.ts';
import { toProblem } from './upstream-failure.ts';
import type { BreakerMode, RegistryEntry, RegistryEntryState } from './upstream.registry.ts';

export interface UpstreamRequest<T> {
  /** Checks the JSON of the response. A response that does not match is never returned. */
  readonly schema: z.ZodType<T>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Codes of 4xx problems that are also the fault of this service's client. They are passed on as they are. @default none */
  readonly passThroughProblems?: readonly ProblemCode[];
  /** @default that of the served request, or `normal` */
  readonly priority?: Priority;
  /** Time that is kept back for a fallback, in milliseconds. @default 0 */
  readonly fallbackReserveMs?: number;
  /** Timeout of an attempt, in milliseconds. @default the adaptive timeout */
  readonly timeoutMs?: number;
}

export interface PostRequest<T> extends UpstreamRequest<T> {
  /** Set for a request that may be sent more than once because it carries an idempotency key. @default false */
  readonly idempotent?: boolean;
  /** Receives the headers of each response. */
  readonly onResponse?: ResponseListener;
}

/** A request whose response is returned as it is. */
export interface RawRequest {
  readonly method: HttpMethod;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** Set for a request that may be sent more than once. */
  readonly idempotent: boolean;
  /** Longest time of the whole call, in milliseconds. The deadline of the served request may be earlier. */
  readonly timeLimitMs?: number;
  /** Ends the call, like the signal of the served request. */
  readonly signal?: AbortSignal;
}

export interface UpstreamState extends RegistryEntryState {
  readonly endpoints: readonly EndpointState[];
}

export interface UpstreamParts {
  readonly name: string;
  readonly clock: Clock;
  /** See `UpstreamOptions.deadlineMs`. */
  readonly deadlineMs: number;
  readonly requestCollapsing: boolean;
  readonly pipeline: Pipeline<unknown>;
  /** Sends one attempt without policies. */
  readonly ping: Call<unknown>;
  readonly endpoints: () => readonly EndpointState[];
  readonly close: () => Promise<void>;
}

/**
 * Calls another service over HTTP through a pipeline of policies. A call returns a checked value within the deadline of the
 * served request, or rejects with a `Problem`.
 */
export class HttpUpstream implements RegistryEntry {
  readonly name: string;
  readonly #parts: UpstreamParts;
  readonly #collapser: RequestCollapser | undefined;

  constructor(parts: UpstreamParts) {
    this.name = parts.name;
    this.#parts = parts;
    startRejectionSeries(this.name);
    // Attempts end a little before their callers leave. So a call to an upstream that hangs ends as a failure, which the
    // breaker counts. A call whose callers have left is ignored.
    const options = { clock: parts.clock, slackMs: DEADLINE_SLACK_MS };
    this.#collapser = parts.requestCollapsing ? new RequestCollapser(options) : undefined;
  }

  /**
   * @throws Problem `upstream-timeout`, `upstream-unreachable`, `upstream-bad-response`, `unavailable`, `overloaded`,
   * `breaker-open`, `bulkhead-full`, `deadline-exceeded`, or one of `passThroughProblems`
   */
  get<T>(path: string, request: UpstreamRequest<T>): Promise<T> {
    return this.#call(prepare('GET', path, request), request, true);
  }

  /** @throws Problem as `get` does. The upstream may have acted nevertheless. */
  post<T>(path: string, body: unknown, request: PostRequest<T>): Promise<T> {
    const { idempotent = false, onResponse } = request;
    const prepared = { ...prepare('POST', path, request, JSON.stringify(body)), onResponse };
    return this.#call(prepared, request, idempotent);
  }

  /** May send the request more than once. @throws Problem as `get` does */
  put<T>(path: string, body: unknown, request: UpstreamRequest<T>): Promise<T> {
    return this.#call(prepare('PUT', path, request, JSON.stringify(body)), request, true);
  }

  /** May send the request more than once. @throws Problem as `get` does */
  delete(path: string, request: Omit<UpstreamRequest<undefined>, 'schema'> = {}): Promise<undefined> {
    const empty = { ...request, schema: z.undefined() };
    return this.#call(prepare('DELETE', path, empty), empty, true);
  }

  /**
   * Sends a request through all policies and returns the response without a check of its body. Each byte of the body is one
   * character of `data`.
   * @throws Problem as `get` does; `toErrorResponse` returns the response with a status from 400
   */
  send({ method, url, headers, body, idempotent, timeLimitMs, signal }: RawRequest): Promise<HttpExchange> {
    const priority = requestContext.get()?.priority ?? 'normal';
    const prepared = { method, url, headers, body, passThroughProblems: NO_CODES, priority };
    return this.#call(prepared, { headers, timeLimitMs, signal }, idempotent);
  }

  /**
   * Sends one attempt without policies, and reports its result to none. For health checks.
   * @param ms timeout in milliseconds
   * @throws Problem `upstream-timeout`, `upstream-unreachable`, `upstream-bad-response`, `unavailable`
   */
  async ping<T>(path: string, schema: z.ZodType<T>, ms: number, signal: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(ms);
    const call: UpstreamCall = {
      signal: AbortSignal.any([signal, timeout]),
      deadline: this.#parts.clock.now() + ms,
      attempt: 1,
      idempotent: true,
      request: prepare('GET', path, { schema }),
      route: {},
    };
    try {
      return (await this.#parts.ping(call)) as T;
    } catch (error) {
      throw toProblem(this.name, timeout.aborted ? new AttemptTimedOut(ms) : error);
    }
  }

  get breakerDescription(): BreakerDescription {
    return this.#parts.pipeline.breaker.describe();
  }

  /** The opossum instance, for dashboards and exporters. See `Breaker.circuit`. */
  get breaker(): Breaker['circuit'] {
    return this.#parts.pipeline.breaker.circuit;
  }

  setBreakerMode(mode: BreakerMode): void {
    this.#parts.pipeline.breaker.setMode(mode);
  }

  describe(): UpstreamState {
    const { name, endpoints, pipeline } = this.#parts;
    const collapsing = this.#collapser && {
      policy: 'request-collapsing' as const,
      state: this.#collapser.describe(),
    };
    return {
      name,
      endpoints: endpoints(),
      policies: [...(collapsing ? [collapsing] : []), ...pipeline.describe()],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.#parts.pipeline.dispose();
    await this.#parts.close();
  }

  async #call<T>(
    request: PreparedRequest,
    { fallbackReserveMs = 0, timeoutMs, headers, timeLimitMs = Infinity, signal }: CallOptions,
    idempotent: boolean,
  ): Promise<T> {
    const { clock, deadlineMs, pipeline } = this.#parts;
    const serving = requestContext.get();
    const now = clock.now();
    const latest = Math.min(serving?.deadline ?? now + deadlineMs, now + timeLimitMs);
    const time = timeForCall(latest, now + fallbackReserveMs);
    if (time === undefined)
      throw new Problem('deadline-exceeded', { detail: `no time is left to call ${this.name}` });
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
    const isShareable = request.method === 'GET' && request.body === undefined;
    try {
      const response =
        this.#collapser && isShareable
          ? this.#collapser.share(toShareKey(request, headers), call, pipeline.call)
          : pipeline.call(call);
      return (await response) as T;
    } catch (error) {
      recordRejection(this.name, error);
      throw toProblem(this.name, error);
    }
  }
}

type CallOptions = Pick<UpstreamRequest<unknown>, 'fallbackReserveMs' | 'timeoutMs' | 'headers'> & {
  readonly timeLimitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

const NO_CODES: readonly ProblemCode[] = [];

/**
 * Returns the same key for identical reads: the same address, headers (which may identify the user) and passed-on problems.
 * Raw reads are not shared with checked ones, nor reads that may be retried with others.
 */
function toShareKey(
  { url, passThroughProblems, schema }: PreparedRequest,
  headers: UpstreamRequest<unknown>['headers'],
): string {
  const mayRetry = requestContext.get()?.retryAttempt === undefined;
  return `${schema ? '' : 'raw '}${url} ${mayRetry} ${passThroughProblems.join()} ${headers ? JSON.stringify(headers) : ''}`;
}

const anySignal = (first: AbortSignal | undefined, second: AbortSignal | undefined): AbortSignal =>
  first && second ? AbortSignal.any([first, second]) : (first ?? second ?? NEVER_ABORTED);

function prepare<T>(
  method: HttpMethod,
  path: string,
  { schema, query, headers, passThroughProblems = NO_CODES, priority }: UpstreamRequest<T>,
  body?: string,
): PreparedRequest {
  return {
    method,
    url: query ? withQuery(path, query) : path,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body,
    schema,
    passThroughProblems,
    priority: priority ?? requestContext.get()?.priority ?? 'normal',
  };
}

function withQuery(path: string, query: NonNullable<UpstreamRequest<unknown>['query']>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) params.append(key, String(value));
  return params.size === 0 ? path : `${path}?${params.toString()}`;
}
