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

@Injectable()
export class FaultsGuard implements CanActivate {
  constructor(@Inject(FAULT_INJECTION_OPTIONS) private readonly options: FaultInjectionOptions) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FaultsHttpRequest>();
    const { headers, socket } = request;
    const { authorize } = this.options;
    if (authorize) authorize(request);
    else if (!isAdmin({ headers, remoteAddress: socket.remoteAddress ?? '' }, undefined))
      throw new ForbiddenException();
    return true;
  }
}
