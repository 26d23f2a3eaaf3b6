import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import type { Degradation } from '#libs/contracts';
import { DEGRADED } from '#libs/http';

interface Reply {
  header(name: string, value: string): unknown;
}

/** Tells the `degraded` list of an answer's body in its `X-Degraded` header too. */
@Injectable()
export class DegradedInterceptor implements NestInterceptor {
  intercept(
    context: ExecutionContext,
    next: CallHandler<{ degraded?: readonly Degradation[] }>,
  ): Observable<unknown> {
    return next.handle().pipe(
      tap((body) => {
        if (!body?.degraded?.length) return;
        context.switchToHttp().getResponse<Reply>().header(DEGRADED, degradedHeader(body.degraded));
      }),
    );
  }
}

/** `recommendations;reason=timeout;source=popular`, one member per degraded feature (an RFC 9651 list). */
export const degradedHeader = (degradations: readonly Degradation[]): string =>
  degradations
    .map(({ feature, reason, source }) => `${feature};reason=${reason};source=${source}`)
    .join(', ');
