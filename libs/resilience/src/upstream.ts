import type { HttpService } from '@nestjs/axios';
import { type Span, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { firstValueFrom } from 'rxjs';
import type { z } from 'zod';
import { Problem, type ProblemCode, REQUEST_ID, requestContext } from '#libs/http';
import { badResponse, parseJson, statusProblem, transportProblem } from './upstream-error.ts';

const tracer = trace.getTracer('film-store/upstream');

type QueryValue = string | number | undefined;

export interface UpstreamRequest<T> {
  /** What the answer must be; one that does not fit is never passed on. */
  readonly schema: z.ZodType<T>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Problems of the upstream that are our own client's fault too, and are passed on as they are. */
  readonly expects?: readonly ProblemCode[];
}

export interface UpstreamSettings {
  readonly name: string;
  /** Longest time for one call, answer read to its end, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Another service, as its callers see it: a typed, checked answer, or a `Problem` that says what went wrong.
 * All calls that leave a service pass through `call`, which is where the resilience policies belong.
 */
export class Upstream {
  readonly #settings: UpstreamSettings;
  readonly #http: HttpService;
  readonly #close: () => Promise<void>;

  constructor(settings: UpstreamSettings, http: HttpService, close: () => Promise<void>) {
    this.#settings = settings;
    this.#http = http;
    this.#close = close;
  }

  /** @throws Problem `upstream-timeout`, `upstream-unreachable`, `upstream-bad-response`, `unavailable`, or expected */
  get<T>(path: string, request: UpstreamRequest<T>): Promise<T> {
    return this.#call('GET', path, request);
  }

  /** @throws Problem as `get` does. The upstream may have acted all the same. */
  post<T>(path: string, body: unknown, request: UpstreamRequest<T>): Promise<T> {
    return this.#call('POST', path, request, JSON.stringify(body));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#close();
  }

  async #call<T>(method: string, path: string, request: UpstreamRequest<T>, body?: string): Promise<T> {
    const { name } = this.#settings;
    const span = tracer.startSpan(`${method} ${name}`, {
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': method, 'url.path': path, 'peer.service': name },
    });
    try {
      const answer = await this.#send(span, method, withQuery(path, request.query), request.headers, body);
      span.setAttribute('http.response.status_code', answer.status);
      if (answer.status >= 400) {
        throw statusProblem(name, answer.status, answer.text, answer.retryAfter, request.expects ?? []);
      }
      const parsed = request.schema.safeParse(parseJson(answer.text));
      if (!parsed.success) throw badResponse(name, `${method} ${path} broke the contract`, parsed.error);
      return parsed.data;
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        ...(error instanceof Problem && { message: error.code }),
      });
      throw error;
    } finally {
      span.end();
    }
  }

  async #send(
    span: Span,
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> | undefined,
    body: string | undefined,
  ): Promise<Answer> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), this.#settings.timeoutMs);
    try {
      const {
        status,
        data,
        headers: answered,
      } = await firstValueFrom(
        this.#http.request<string>({
          method,
          url,
          headers: { ...this.#correlation(span), ...(body !== undefined && JSON_BODY), ...headers },
          data: body,
          signal: abort.signal,
        }),
      );
      return { status, text: data, retryAfter: answered['retry-after'] as string | undefined };
    } catch (error) {
      throw transportProblem(this.#settings.name, error, abort.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What joins the upstream's logs and spans to ours: W3C trace context and the request id. */
  #correlation(span: Span): Record<string, string> {
    const headers: Record<string, string> = { accept: 'application/json' };
    const requestId = requestContext.get()?.requestId;
    if (requestId !== undefined) headers[REQUEST_ID] = requestId;
    propagation.inject(trace.setSpan(context.active(), span), headers);
    return headers;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

const JSON_BODY = { 'content-type': 'application/json' };

function withQuery(path: string, query: UpstreamRequest<unknown>['query']): string {
  const given = Object.entries(query ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
