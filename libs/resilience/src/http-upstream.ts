import { z } from 'zod';
import {
  type Clock,
  DEADLINE_SLACK_MS,
  type FaultPoints,
  type HttpExchange,
  type Priority,
  type Random,
  requestContext,
  systemClock,
  timeForCall,
} from '@film-store/core';
import { Problem, type ProblemCode } from '@film-store/problem';
import { createAttemptRecorder, recordRejection } from './call-metrics.ts';
import { ConnectionPools } from './connection-pools.ts';
import type { Breaker, BreakerDescription, BreakerMode, BreakerTransition } from './core/breaker.ts';
import { type Call, NEVER_ABORTED } from './core/call.ts';
import { ENDPOINT_DEFAULTS, Endpoints, parseEndpoints } from './core/endpoints.ts';
import { AttemptTimedOut } from './core/errors.ts';
import { RequestCollapser } from './core/request-collapser.ts';
import { type Pipeline, createPipeline } from './pipeline.ts';
import { type UpstreamPolicies, upstreamPolicies } from './policy-options.ts';
import {
  type CheckedResponse,
  type HttpMethod,
  type PreparedRequest,
  type ResponseListener,
  type UpstreamCall,
  createTransport,
  sendThroughFaultPoint,
} from './transport.ts';
import { classify, classifyRetry, toProblem } from './upstream-failure.ts';
import type { RegistryEntry, RegistryEntryState } from './upstream.registry.ts';

export interface UpstreamOptions {
  /** Base addresses without a path: `,` separates equal endpoints, `|` separates priorities, the preferred first. */
  readonly url: string;
  readonly policies?: Partial<UpstreamPolicies>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Set for a trusted service, whose `X-Service-Draining` counts. @default false */
  readonly internal?: boolean;
  /**
   * Longest time of a call with its retries, without a request deadline, in milliseconds. Range 1 to 600,000.
   * @default 2000, as long as one attempt may take
   */
  readonly deadlineMs?: number;
  readonly onTransition?: (transition: BreakerTransition) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly faultPoints?: FaultPoints | undefined;
}

export interface UpstreamRequest<T> {
  /** Checks the JSON of the response. A response that does not match is never returned. */
  readonly schema: z.ZodType<T>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Codes of 4xx problems that are passed on, because this service's client caused them. @default none */
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
  readonly onResponse?: ResponseListener;
}

/** A request whose response is returned as it is. */
export interface RawRequest extends Pick<PreparedRequest, 'method' | 'url' | 'headers'> {
  readonly body?: PreparedRequest['body'];
  /** Set for a request that may be sent more than once. */
  readonly idempotent: boolean;
  /** Longest time of the whole call, in milliseconds. The deadline of the served request may be earlier. */
  readonly timeLimitMs?: number | undefined;
  /** Ends the call, like the signal of the served request. */
  readonly signal?: AbortSignal | undefined;
}

export interface UpstreamState extends RegistryEntryState {
  readonly endpoints: ReturnType<Endpoints['describe']>;
}

/**
 * Calls another service over HTTP through a pipeline of policies. A call returns a checked value within the deadline of
 * the served request, or rejects with a `Problem`.
 */
export class HttpUpstream implements RegistryEntry {
  readonly name: string;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #endpoints: Endpoints;
  readonly #pools: ConnectionPools;
  readonly #pipeline: Pipeline<unknown>;
  readonly #collapser: RequestCollapser | undefined;
  readonly #ping: Call<unknown>;

  /** @throws ZodError that lists all invalid policy options */
  constructor(name: string, options: UpstreamOptions) {
    const { headers = {}, internal = false, deadlineMs = 2000, onTransition, faultPoints } = options;
    const { clock = systemClock, random = Math.random } = options;
    const policies = upstreamPolicies.parse(options.policies ?? {});
    const urls = parseEndpoints(options.url);
    const { ejectionConsecutiveFailures: ejectAfterFailures, ejectionBaseMs: ejectionMs } = policies;
    this.#endpoints = new Endpoints(urls, { ...ENDPOINT_DEFAULTS, ejectAfterFailures, ejectionMs }, clock);
    this.#pools = new ConnectionPools(urls.flat());
    const direct = this.#pools.send.bind(this.#pools);
    const send = faultPoints ? sendThroughFaultPoint(faultPoints, name, this.#endpoints, direct) : direct;
    const wire = { name, send, endpoints: this.#endpoints, headers, internal, clock };
    this.name = name;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#pipeline = createPipeline(
      policies,
      createTransport({ ...wire, record: createAttemptRecorder(name) }),
      {
        name,
        clock,
        random,
        classify,
        classifyRetry,
        mayHedge: (context) => (context as UpstreamCall).request.method === 'GET',
        callerRetries: () => requestContext.get()?.retryAttempt !== undefined,
        onTransition,
      },
    );
    // Attempts end a little before their callers leave. So a call to an upstream that hangs ends as a failure, which
    // the breaker counts. A call whose callers have left is ignored.
    if (policies.requestCollapsing)
      this.#collapser = new RequestCollapser({ clock, slackMs: DEADLINE_SLACK_MS });
    this.#ping = createTransport(wire);
  }

  /**
   * @throws Problem `upstream-timeout`, `upstream-unreachable`, `upstream-bad-response`, `unavailable`, `overloaded`,
   * `breaker-open`, `bulkhead-full`, `deadline-exceeded`, or one of `passThroughProblems`
   */
  async get<T>(path: string, request: UpstreamRequest<T>): Promise<T> {
    return (await this.#call<CheckedResponse<T>>(prepare('GET', path, request), request, true)).value;
  }

  /** Returns also the JSON of the response, for example to store it. @throws Problem as `get` does */
  getWithJson<T>(path: string, request: UpstreamRequest<T>): Promise<CheckedResponse<T>> {
    return this.#call(prepare('GET', path, request), request, true);
  }

  /** @throws Problem as `get` does. The upstream may have acted nevertheless. */
  async post<T>(path: string, body: unknown, request: PostRequest<T>): Promise<T> {
    const { idempotent = false, onResponse } = request;
    const prepared = { ...prepare('POST', path, request, JSON.stringify(body)), onResponse };
    return (await this.#call<CheckedResponse<T>>(prepared, request, idempotent)).value;
  }

  /** May send the request more than once. @throws Problem as `get` does */
  async put<T>(path: string, body: unknown, request: UpstreamRequest<T>): Promise<T> {
    const prepared = prepare('PUT', path, request, JSON.stringify(body));
    return (await this.#call<CheckedResponse<T>>(prepared, request, true)).value;
  }

  /** May send the request more than once. @throws Problem as `get` does */
  async delete(path: string, request: Omit<UpstreamRequest<undefined>, 'schema'> = {}): Promise<undefined> {
    const empty = { ...request, schema: z.undefined() };
    await this.#call(prepare('DELETE', path, empty), empty, true);
  }

  /**
   * Sends a request through all policies and returns the response without a check of its body. Each byte of the body is
   * one character of `data`.
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
      deadline: this.#clock.now() + ms,
      attempt: 1,
      idempotent: true,
      request: prepare('GET', path, { schema }),
      route: {},
    };
    try {
      return ((await this.#ping(call)) as CheckedResponse<T>).value;
    } catch (error) {
      throw toProblem(this.name, timeout.aborted ? new AttemptTimedOut(ms) : error);
    }
  }

  get breakerDescription(): BreakerDescription {
    return this.#pipeline.breaker.describe();
  }

  /** The opossum instance, for dashboards and exporters. See `Breaker.circuit`. */
  get breaker(): Breaker['circuit'] {
    return this.#pipeline.breaker.circuit;
  }

  setBreakerMode(mode: BreakerMode): void {
    this.#pipeline.breaker.setMode(mode);
  }

  describe(): UpstreamState {
    const policies = [...this.#pipeline.describe()];
    if (this.#collapser)
      policies.unshift({ policy: 'request-collapsing', state: this.#collapser.describe() });
    return { name: this.name, endpoints: this.#endpoints.describe(), policies };
  }

  async onApplicationShutdown(): Promise<void> {
    this.#pipeline.breaker.dispose();
    await this.#pools.close();
  }

  async #call<T>(
    request: PreparedRequest,
    { fallbackReserveMs = 0, timeoutMs, headers, timeLimitMs = Infinity, signal }: CallOptions,
    idempotent: boolean,
  ): Promise<T> {
    const serving = requestContext.get();
    const now = this.#clock.now();
    const latest = Math.min(serving?.deadline ?? now + this.#deadlineMs, now + timeLimitMs);
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
          ? this.#collapser.share(toShareKey(request, headers), call, this.#pipeline.call)
          : this.#pipeline.call(call);
      return (await response) as T;
    } catch (error) {
      recordRejection(this.name, error);
      throw toProblem(this.name, error);
    }
  }
}

/** Creates an upstream with its own connection pools. @throws ZodError that lists all invalid policy options */
export const createUpstream = (name: string, options: UpstreamOptions): HttpUpstream =>
  new HttpUpstream(name, options);

type CallOptions = Pick<UpstreamRequest<unknown>, 'fallbackReserveMs' | 'timeoutMs' | 'headers'> &
  Pick<RawRequest, 'timeLimitMs' | 'signal'>;

const NO_CODES: readonly ProblemCode[] = [];

/**
 * Returns the same key for identical reads: the same address, headers (which may identify the user) and passed-on
 * problems. Raw reads are not shared with checked ones, nor reads that may be retried with others.
 */
function toShareKey(request: PreparedRequest, headers: CallOptions['headers']): string {
  const { url, passThroughProblems, schema } = request;
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
