import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, lastValueFrom, of } from 'rxjs';
import { IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED, parseIdempotencyKey } from '#libs/http';
import { setDerivedKey } from './derived-key.ts';
import { execute } from './execute.ts';
import { fingerprintOf } from './fingerprint.ts';
import { Idempotency, type IdempotencyOptions, type Served } from './idempotency.ts';
import { deriveKey, recordId } from './record-id.ts';

/** Injects the options that the module was registered with. */
export const IDEMPOTENCY_OPTIONS = Symbol('idempotency options');

/** Between HTTP and `Idempotency`. Guards have run before it; pipes run within it. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    @Inject(IDEMPOTENCY_OPTIONS) private readonly options: IdempotencyOptions,
  ) {}

  /** The handler is run to its end even when its client leaves: what comes back is no live stream. */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<Buffer | undefined>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const id = this.identify(request);
    setDerivedKey(request, deriveKey(id));
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    const served = await this.idempotency.serve({ id, fingerprint: fingerprint(request) }, () =>
      execute(handle, request, reply),
    );
    writeHead(reply, served);
    return of(served.answer.body.length > 0 ? served.answer.body : undefined);
  }

  private identify(request: FastifyRequest): string {
    const { principal, secret } = this.options;
    return recordId(secret, {
      principal: principal?.(request) ?? 'anonymous',
      method: request.method,
      route: request.routeOptions.url ?? '',
      // Node joins two lines of this header with a comma, which no key may have.
      key: parseIdempotencyKey(request.headers[IDEMPOTENCY_KEY]?.toString()),
    });
  }
}

const fingerprint = ({ method, url, query, headers, body }: FastifyRequest): string =>
  fingerprintOf({ method, path: url.split('?', 1)[0]!, query, contentType: headers['content-type'], body });

function writeHead(reply: FastifyReply, { answer, replayed }: Served): void {
  void reply.status(answer.status).headers(answer.headers);
  if (replayed) void reply.header(IDEMPOTENT_REPLAYED, 'true');
  if (answer.status >= 400) void reply.header('cache-control', 'no-store');
}
