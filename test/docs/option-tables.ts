import { optionTable } from '@film-store/config';
import { flagsOptions } from '@film-store/feature-flags/options';
import { idempotencyOptions } from '@film-store/idempotency/options';
import { loadSheddingOptions } from '@film-store/load-shedding';
import { redisOptions } from '@film-store/redis/options';
import { upstreamPolicies } from '@film-store/resilience';
import { toInterfaceTable } from './option-interfaces.ts';

const BLOCK = /(?<=<!-- options:begin -->\n)[^]*(?=<!-- options:end -->)/;

/** Libraries whose README lists their options, each with the table. */
export const optionTables: readonly (readonly [library: string, table: string])[] = [
  // #region part: faults
  [
    'fault-injection',
    toInterfaceTable('libs/fault-injection/src/fault-injection.options.ts', 'FaultInjectionOptions'),
  ],
  // #endregion part: faults
  ['feature-flags', optionTable(flagsOptions)],
  ['idempotency', optionTable(idempotencyOptions)],
  ['load-shedding', optionTable(loadSheddingOptions)],
  ['ops', toInterfaceTable('libs/ops/src/ops-options.ts', 'OpsOptions')],
  ['redis', optionTable(redisOptions)],
  ['resilience', optionTable(upstreamPolicies)],
  ['service', toInterfaceTable('libs/service/src/service.ts', 'ServiceDefinition')],
];

/** @throws Error if the README has no place for the options */
export function replaceOptions(readme: string, table: string): string {
  if (!BLOCK.test(readme))
    throw new Error('the lines <!-- options:begin --> and <!-- options:end --> are missing');
  return readme.replace(BLOCK, () => `\n${table}\n\n`);
}
