import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type HttpResponse, setHeaders } from '@film-store/core';
import { type Observable, tap } from 'rxjs';
import { type DegradedBody, type DegradedOptions, reportDegraded } from './report-degraded.ts';

export interface DegradedInterceptorOptions extends DegradedOptions {
  /** Greatest age of old data in responses of the routes, in milliseconds. @default 0, no old data */
  readonly maxStaleMs?: number;
}

/**
 * Repeats the `degraded` list of a response body in its headers, its span and a metric, on Nest's Fastify and Express
 * adapters. On Fastify, `degradedPlugin` does the same for all routes and is faster.
 */
export class DegradedInterceptor implements NestInterceptor {
  readonly #options: DegradedInterceptorOptions;

  constructor(options: DegradedInterceptorOptions) {
    this.#options = options;
  }

  intercept(context: ExecutionContext, next: CallHandler<DegradedBody>): Observable<DegradedBody> {
    const response = context.switchToHttp().getResponse<HttpResponse>();
    const report = (body: DegradedBody): void => {
      if (body?.degraded?.length)
        setHeaders(response, reportDegraded(body.degraded, this.#options.maxStaleMs ?? 0, this.#options));
    };
    return next.handle().pipe(tap(report));
  }
}
