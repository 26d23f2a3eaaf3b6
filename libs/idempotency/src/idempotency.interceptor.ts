import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type Observable, lastValueFrom, of } from 'rxjs';
import {
  type HttpResponse,
  IDEMPOTENCY_KEY,
  IDEMPOTENT_REPLAYED,
  isSent,
  setHeaders,
} from '@film-store/core';
import { Problem } from '@film-store/problem';
import { setDerivedKey } from './derived-key.ts';
import { execute } from './execute.ts';
import { createFingerprint } from './fingerprint.ts';
import { type HttpRequest, toHandlerValue, toPath, toRoute } from './http-exchange.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';
import { Idempotency, type IdempotentRequest, type IdempotentResponse } from './idempotency.ts';
import { IDEMPOTENCY_OPTIONS, type IdempotencyOptions } from './options.ts';
import { deriveKey, recordId } from './record-id.ts';

/** Translates between HTTP and `Idempotency`. Guards run before it, and pipes inside it. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    @Inject(IDEMPOTENCY_OPTIONS) private readonly options: IdempotencyOptions,
  ) {}

  /** Awaits the handler instead of returning its stream, so it runs to its end even if its client disconnects. */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<HttpRequest>(), http.getResponse<HttpResponse>()];
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    try {
      const identified = this.#identify(request);
      setDerivedKey(request, deriveKey(identified.id));
      const served = await this.idempotency.serve(identified, () => execute(handle, request, reply));
      if (!isSent(reply)) writeHead(reply, served);
      return of(toHandlerValue(request, served.response.body));
    } catch (error) {
      // Nest's own exception filter does not send the headers of a problem.
      if (error instanceof Problem && !isSent(reply)) setHeaders(reply, error.headers);
      throw error;
    }
  }

  #identify(request: HttpRequest): IdempotentRequest {
    const { method, query, headers, body } = request;
    const id = recordId(this.options.secret, {
      principal: this.options.principal?.(request) ?? 'anonymous',
      method,
      route: toRoute(request),
      key: parseIdempotencyKey(headers[IDEMPOTENCY_KEY]?.toString(), this.options),
    });
    const contentType = headers['content-type'];
    const fingerprint = createFingerprint({ method, path: toPath(request), query, contentType, body });
    return { id, fingerprint };
  }
}

function writeHead(reply: HttpResponse, { response, replayed }: IdempotentResponse): void {
  void reply.status(response.status);
  setHeaders(reply, response.headers);
  if (replayed) void reply.header(IDEMPOTENT_REPLAYED, 'true');
  if (response.status >= 400) void reply.header('cache-control', 'no-store');
}
