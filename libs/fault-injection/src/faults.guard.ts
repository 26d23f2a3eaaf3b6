import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
} from '@nestjs/common';
import { isAdmin } from '@film-store/core';
import {
  FAULT_INJECTION_OPTIONS,
  type FaultInjectionOptions,
  type FaultsHttpRequest,
} from './fault-injection.options.ts';

/** Admits the operators of the service. */
@Injectable()
export class FaultsGuard implements CanActivate {
  readonly #authorize: (request: FaultsHttpRequest) => void;

  constructor(@Inject(FAULT_INJECTION_OPTIONS) { authorize = admitLocal }: FaultInjectionOptions) {
    this.#authorize = authorize;
  }

  canActivate(context: ExecutionContext): boolean {
    this.#authorize(context.switchToHttp().getRequest<FaultsHttpRequest>());
    return true;
  }
}

function admitLocal({ headers, socket }: FaultsHttpRequest): void {
  if (!isAdmin({ remoteAddress: socket.remoteAddress ?? '', headers }, undefined))
    throw new ForbiddenException();
}
