import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, tap } from 'rxjs';
import type { Degradation } from '#libs/contracts';
import type { Clock } from './clock.ts';
import { degradedHeaders } from './degraded-headers.ts';

interface Reply {
  header(name: string, value: string): unknown;
}

/** How old data a route may serve, in milliseconds. A route without it serves none. */
export const MaxStale = Reflector.createDecorator<number>();

/** Tells the `degraded` list of an answer's body in its headers too. */
export class DegradedInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler<{ degraded?: readonly Degradation[] }>,
  ): Observable<unknown> {
    return next.handle().pipe(
      tap((body) => {
        if (!body?.degraded?.length) return;
        const maxStaleMs = this.reflector.get(MaxStale, context.getHandler()) ?? 0;
        const headers = degradedHeaders(body.degraded, { now: this.clock.now(), maxStaleMs });
        const reply = context.switchToHttp().getResponse<Reply>();
        for (const [name, value] of Object.entries(headers)) reply.header(name, value);
      }),
    );
  }
}
