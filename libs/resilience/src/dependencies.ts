import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { tellTransitions } from './breaker-transitions.ts';
import { Dependency, type DependencyOptions } from './dependency.ts';
import { dependencySettings } from './settings.ts';
import { UpstreamRegistry } from './upstream.registry.ts';

/** Declares the dependencies of a service that are not HTTP, each once, by whoever owns its client. */
@Injectable()
export class Dependencies {
  constructor(
    private readonly registry: UpstreamRegistry,
    private readonly logger: PinoLogger,
  ) {}

  /**
   * @param config the service's configuration, which `dependencyConfig(name)` is a part of
   * @throws Error when the name is taken
   */
  declare(
    name: string,
    config: Readonly<Record<string, unknown>>,
    { system, isFailure }: Pick<DependencyOptions, 'system' | 'isFailure'>,
  ): Dependency {
    const settings = dependencySettings(name, config);
    const onTransition = tellTransitions(name, this.logger);
    const dependency = new Dependency(name, {
      settings,
      ...(system !== undefined && { system }),
      isFailure,
      onTransition,
    });
    this.registry.add(dependency);
    return dependency;
  }
}
