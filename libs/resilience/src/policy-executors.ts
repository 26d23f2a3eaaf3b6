import { Inject, Injectable, Optional } from '@nestjs/common';
import { createTransitionListener } from './breaker-transitions.ts';
import { PolicyExecutor, type PolicyExecutorOptions } from './policy-executor.ts';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { RESILIENCE_LOGGER, type ResilienceLogger } from './logger.ts';
import { UpstreamRegistry } from './upstream.registry.ts';

/** Creates the executors of an application, each once, and lists them in the registry. */
@Injectable()
export class PolicyExecutors {
  constructor(
    private readonly registry: UpstreamRegistry,
    @Optional() @Inject(RESILIENCE_LOGGER) private readonly logger?: ResilienceLogger,
    @Optional() @Inject(FAULT_POINTS) private readonly faultPoints?: FaultPoints,
  ) {}

  /** @throws Error when the name is taken, ZodError when a policy option is not valid */
  create(
    name: string,
    options: Pick<
      PolicyExecutorOptions,
      'system' | 'policies' | 'isFailure' | 'isTimeout' | 'toConnectionError'
    >,
  ): PolicyExecutor {
    const dependency = new PolicyExecutor(name, {
      ...options,
      onTransition: createTransitionListener(name, this.logger),
      faultPoints: this.faultPoints,
    });
    this.registry.add(dependency);
    return dependency;
  }
}
