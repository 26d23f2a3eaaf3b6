import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import { type HttpResponse, setHeaders } from '@film-store/core';
import type { Degradation } from './degradation.ts';
import { type DegradedOptions, reportDegraded } from './report-degraded.ts';

export interface DegradedInterceptorOptions extends DegradedOptions {
  /** Greatest age of old data that the routes may serve, in milliseconds. @default 0, they serve none */
  readonly maxStaleMs?: number;
}

/**
 * Repeats the `degraded` list of a response body in its headers, its span and a metric, on Nest's Fastify and Express
 * adapters. On Fastify, `degradedPlugin` does the same for all routes, faster.
 */
export class DegradedInterceptor implements NestInterceptor {
  readonly #options: DegradedInterceptorOptions;

  constructor(options: DegradedInterceptorOptions) {
    this.#options = options;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<HttpResponse>();
    return next.handle().pipe(
      tap((body: { degraded?: readonly Degradation[] } | null | undefined) => {
        if (body?.degraded?.length)
          setHeaders(response, reportDegraded(body.degraded, this.#options.maxStaleMs ?? 0, this.#options));
      }),
    );
  }
}
