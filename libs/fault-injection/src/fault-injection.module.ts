import { ConfigurableModuleBuilder, Global, Logger as NestLogger, Module } from '@nestjs/common';
import { FAULT_POINTS, fromNestLogger, systemClock } from '@film-store/core';
import type { ActiveFaults } from './active-faults.ts';
import { createFaults, createFaultPoints } from './create-faults.ts';
import { FaultControl } from './fault-control.ts';
import {
  ACTIVE_FAULTS,
  FAULT_INJECTION_OPTIONS,
  type FaultInjectionOptions,
} from './fault-injection.options.ts';
import { FaultsController } from './faults.controller.ts';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<FaultInjectionOptions>({
  optionsInjectionToken: FAULT_INJECTION_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** Serves `/ops/faults` to operators, and provides the fault points of the service to every module. */
@Global()
@Module({
  controllers: [FaultsController],
  providers: [
    {
      provide: ACTIVE_FAULTS,
      inject: [FAULT_INJECTION_OPTIONS],
      useFactory: ({ service, faults, logger, isExempt }: FaultInjectionOptions) =>
        faults ??
        createFaults({
          service,
          logger: logger ?? fromNestLogger(new NestLogger('Faults')),
          clock: systemClock,
          isExempt,
        }),
    },
    {
      provide: FAULT_POINTS,
      inject: [ACTIVE_FAULTS],
      useFactory: (faults: ActiveFaults) => createFaultPoints(faults, systemClock),
    },
    FaultControl,
  ],
  exports: [ACTIVE_FAULTS, FAULT_POINTS],
})
export class FaultInjectionModule extends ConfigurableModuleClass {}
