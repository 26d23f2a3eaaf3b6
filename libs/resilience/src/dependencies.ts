import { Inject, Injectable, Optional } from '@nestjs/common';
import { createTransitionListener } from './breaker-transitions.ts';
import { Dependency, type DependencyOptions } from './dependency.ts';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { RESILIENCE_LOGGER, type ResilienceLogger } from './logger.ts';
import { UpstreamRegistry } from './upstream.registry.ts';

/** Declares the dependencies of a service that are not HTTP, each once, by whoever owns its client. */
@Injectable()
export class Dependencies {
  constructor(
    private readonly registry: UpstreamRegistry,
    @Optional() @Inject(RESILIENCE_LOGGER) private readonly logger?: ResilienceLogger,
    @Optional() @Inject(FAULT_POINTS) private readonly faultPoints?: FaultPoints,
  ) {}

  /** @throws Error when the name is taken, ZodError when a policy option is not valid */
  declare(
    name: string,
    options: Pick<DependencyOptions, 'system' | 'policies' | 'isFailure' | 'isTimeout' | 'toConnectionError'>,
  ): Dependency {
    const dependency = new Dependency(name, {
      ...options,
      onTransition: createTransitionListener(name, this.logger),
      faultPoints: this.faultPoints,
    });
    this.registry.add(dependency);
    return dependency;
  }
}
