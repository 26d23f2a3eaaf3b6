import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type Observable, lastValueFrom, of } from 'rxjs';
import { IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { parseIdempotencyKey } from './idempotency-key.ts';
import { setDerivedKey } from './derived-key.ts';
import { execute } from './execute.ts';
import { fingerprintOf } from './fingerprint.ts';
import {
  type HttpRequest,
  type HttpResponse,
  isSent,
  setHeaders,
  toHandlerValue,
  toPath,
  toRoute,
} from './http-exchange.ts';
import { Idempotency, type Served } from './idempotency.ts';
import { IDEMPOTENCY_OPTIONS, type IdempotencyOptions } from './options.ts';
import { deriveKey, recordId } from './record-id.ts';

/** Between HTTP and `Idempotency`. Guards have run before it; pipes run within it. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    @Inject(IDEMPOTENCY_OPTIONS) private readonly options: IdempotencyOptions,
  ) {}

  /** The handler is run to its end even when its client leaves: what comes back is no live stream. */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<HttpRequest>();
    const response = context.switchToHttp().getResponse<HttpResponse>();
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    try {
      const served = await this.#serve(request, () => execute(handle, request, response));
      if (!isSent(response)) writeHead(response, served);
      return of(toHandlerValue(request, served.answer.body));
    } catch (error) {
      // Nest's own exception filter sends none of them.
      if (error instanceof Problem && !isSent(response)) setHeaders(response, error.headers);
      throw error;
    }
  }

  async #serve(request: HttpRequest, run: () => ReturnType<typeof execute>): Promise<Served> {
    const id = this.#identify(request);
    setDerivedKey(request, deriveKey(id));
    return this.idempotency.serve({ id, fingerprint: fingerprint(request) }, run);
  }

  #identify(request: HttpRequest): string {
    return recordId(this.options.secret, {
      principal: this.options.principal?.(request) ?? 'anonymous',
      method: request.method,
      route: toRoute(request),
      // Node joins two lines of this header with a comma, which no key may have.
      key: parseIdempotencyKey(request.headers[IDEMPOTENCY_KEY]?.toString(), this.options),
    });
  }
}

const fingerprint = (request: HttpRequest): string => {
  const { method, query, headers, body } = request;
  return fingerprintOf({ method, path: toPath(request), query, contentType: headers['content-type'], body });
};

function writeHead(response: HttpResponse, { answer, replayed }: Served): void {
  void response.status(answer.status);
  setHeaders(response, answer.headers);
  if (replayed) void response.header(IDEMPOTENT_REPLAYED, 'true');
  if (answer.status >= 400) void response.header('cache-control', 'no-store');
}
