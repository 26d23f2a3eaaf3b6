import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  createParamDecorator,
} from '@nestjs/common';
import { ANONYMOUS } from '@film-store/contracts';
import { Problem } from '@film-store/problem';
import type { VerifyToken } from './token-verifier.ts';

/** Injection token of a `VerifyToken`, or of `undefined` if every caller is anonymous. */
export const VERIFY_TOKEN = Symbol('verify token');

interface Request {
  readonly headers: { readonly authorization?: string | undefined };
  principal?: string;
}

const getRequest = (context: ExecutionContext): Request => context.switchToHttp().getRequest<Request>();

/** Identifies the caller before interceptors run. */
@Injectable()
export class PrincipalGuard implements CanActivate {
  constructor(@Inject(VERIFY_TOKEN) private readonly verify: VerifyToken | undefined) {}

  /** @throws Problem `unauthorized` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = getRequest(context);
    request.principal = this.verify ? await this.verify(parseBearerToken(request)) : ANONYMOUS;
    return true;
  }
}

/** Returns the principal that `PrincipalGuard` has set. */
export function getPrincipal({ principal }: Request): string {
  if (principal === undefined) throw new Error('the route has no PrincipalGuard');
  return principal;
}

/** Injects the principal that `PrincipalGuard` has set. */
export const Principal = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  getPrincipal(getRequest(context)),
);

function parseBearerToken({ headers: { authorization } }: Request): string {
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
  if (token !== undefined) return token;
  throw new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } });
}
