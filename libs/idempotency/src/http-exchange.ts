import { StreamableFile } from '@nestjs/common';
import { isRequestId, newRequestId, requestContext } from '@film-store/core';

/** Headers as Node's parser leaves them: names in lower case. */
export interface RequestHeaders {
  readonly [name: string]: string | string[] | undefined;
  readonly authorization?: string | undefined;
  readonly 'content-type'?: string | undefined;
}

/** The common part of requests of Nest's Fastify and Express adapters. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly query: unknown;
  /** As it was parsed. */
  readonly body?: unknown;
}

interface FastifyRequest extends HttpRequest {
  readonly id: string;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface ExpressRequest extends HttpRequest {
  readonly originalUrl: string;
  readonly baseUrl: string;
  readonly route: { readonly path: string };
  /** Set by some loggers. */
  readonly id?: unknown;
}

const isFastify = (request: HttpRequest): request is FastifyRequest => 'routeOptions' in request;

/** Returns the pattern of the route that a request matched, such as `/api/orders/:id`. */
export const toRoute = (request: HttpRequest): string => {
  if (isFastify(request)) return request.routeOptions.url ?? '';
  const { baseUrl, route } = request as ExpressRequest;
  return baseUrl + route.path;
};

/** Returns the path of a request, without the query. */
export const toPath = (request: HttpRequest): string => {
  const url = isFastify(request) ? request.url : (request as ExpressRequest).originalUrl;
  return url.split('?', 1)[0]!;
};

/** Returns the request's id where it has one, else a new one. */
export const toRequestId = (request: HttpRequest): string => {
  const id = requestContext.get()?.requestId ?? (request as Partial<FastifyRequest>).id;
  return isRequestId(id) ? id : newRequestId();
};

/** The common part of Fastify's reply and Express's response. */
export interface HttpResponse {
  readonly statusCode: number;
  status(code: number): unknown;
  header(name: string, value: string | string[]): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
}

/** Whether a response was sent, for example when the deadline passed. */
export const isSent = (response: HttpResponse): boolean => {
  const { sent, headersSent } = response as { sent?: boolean; headersSent?: boolean };
  return sent ?? headersSent ?? false;
};

export function setHeaders(
  response: HttpResponse,
  headers: Readonly<Record<string, string | string[]>>,
): void {
  for (const [name, value] of Object.entries(headers)) void response.header(name, value);
}

/** Returns the value that Nest sends as exactly these bytes: its Express adapter would serialize a `Buffer` as JSON. */
export function toHandlerValue(request: HttpRequest, body: Buffer): Buffer | StreamableFile | undefined {
  if (body.length === 0) return undefined;
  return isFastify(request) ? body : new StreamableFile(body, { length: body.length });
}
