import { Inject, Injectable, Optional } from '@nestjs/common';
import { createTransitionListener } from './breaker-transitions.ts';
import { Dependency, type DependencyOptions } from './dependency.ts';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { RESILIENCE_LOGGER, type ResilienceLogger } from './logger.ts';
import { dependencySettings } from './settings.ts';
import { UpstreamRegistry } from './upstream.registry.ts';

/** Declares the dependencies of a service that are not HTTP, each once, by whoever owns its client. */
@Injectable()
export class Dependencies {
  constructor(
    private readonly registry: UpstreamRegistry,
    @Optional() @Inject(RESILIENCE_LOGGER) private readonly logger?: ResilienceLogger,
    @Optional() @Inject(FAULT_POINTS) private readonly faultPoints?: FaultPoints,
  ) {}

  /**
   * @param config the service's configuration, which `dependencyConfig(name)` is a part of
   * @throws Error when the name is taken
   */
  declare(
    name: string,
    config: Readonly<Record<string, unknown>>,
    options: Pick<DependencyOptions, 'system' | 'isFailure' | 'isTimeout' | 'asLost'>,
  ): Dependency {
    const dependency = new Dependency(name, {
      ...options,
      settings: dependencySettings(name, config),
      onTransition: createTransitionListener(name, this.logger),
      faultPoints: this.faultPoints,
    });
    this.registry.add(dependency);
    return dependency;
  }
}
