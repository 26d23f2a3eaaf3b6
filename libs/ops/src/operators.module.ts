import { type DynamicModule, Module } from '@nestjs/common';
import { Operators } from './operators.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { Peers } from './peers.ts';

/** Gives the modules of operators' endpoints what they share. */
@Module({})
export class OperatorsModule {
  static forRoot(options: OpsOptions): DynamicModule {
    const shared = [Operators, Peers];
    return {
      module: OperatorsModule,
      providers: [{ provide: OPS_OPTIONS, useValue: options }, ...shared],
      exports: [OPS_OPTIONS, ...shared],
    };
  }
}
