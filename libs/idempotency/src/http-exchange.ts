import type { IncomingHttpHeaders } from 'node:http';
import { StreamableFile } from '@nestjs/common';

/** The common part of requests of Nest's Fastify and Express adapters. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body?: unknown;
  /** Absent on Express, unless a logger sets it. */
  readonly id?: unknown;
}

interface FastifyRequest extends HttpRequest {
  readonly routeOptions: { readonly url?: string | undefined };
}

interface ExpressRequest extends HttpRequest {
  readonly originalUrl: string;
  readonly baseUrl: string;
  readonly route: { readonly path: string };
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

/** Returns a value that Nest sends as exactly these bytes. Its Express adapter would serialize a `Buffer` as JSON. */
export function toHandlerValue(request: HttpRequest, body: Buffer): Buffer | StreamableFile | undefined {
  if (body.length === 0) return undefined;
  return isFastify(request) ? body : new StreamableFile(body, { length: body.length });
}
