import { z } from 'zod';

/** The settings of the policies that every call passes, by the end of the variable that sets them. */
export interface DependencySettings {
  readonly TIMEOUT_INITIAL_MS: number;
  readonly TIMEOUT_FLOOR_MS: number;
  readonly TIMEOUT_MAX_MS: number;
  readonly BREAKER_ERROR_RATE: number;
  readonly BREAKER_VOLUME: number;
  readonly BREAKER_RESET_MS: number;
  readonly BREAKER_RESET_MAX_MS: number;
  readonly BREAKER_RAMP_MS: number;
  readonly BULKHEAD_CONCURRENT: number;
  readonly BULKHEAD_QUEUE: number;
  readonly BULKHEAD_WAIT_MS: number;
}

/** Those of an upstream, which has more. */
export interface UpstreamSettings extends DependencySettings {
  readonly RETRY_ATTEMPTS: number;
  readonly RETRY_BASE_MS: number;
  readonly RETRY_CAP_MS: number;
  readonly BUDGET_RATIO: number;
  readonly BUDGET_PER_SECOND: number;
  readonly HEDGE: boolean;
  readonly COALESCE: boolean;
  readonly EJECT_AFTER_FAILURES: number;
  readonly EJECTION_MS: number;
}

export const dependencyDefaults: DependencySettings = {
  TIMEOUT_INITIAL_MS: 1000,
  TIMEOUT_FLOOR_MS: 50,
  TIMEOUT_MAX_MS: 2000,
  BREAKER_ERROR_RATE: 0.5,
  BREAKER_VOLUME: 20,
  BREAKER_RESET_MS: 10_000,
  BREAKER_RESET_MAX_MS: 60_000,
  BREAKER_RAMP_MS: 5000,
  BULKHEAD_CONCURRENT: 64,
  BULKHEAD_QUEUE: 32,
  BULKHEAD_WAIT_MS: 100,
};

export const upstreamDefaults: UpstreamSettings = {
  ...dependencyDefaults,
  RETRY_ATTEMPTS: 3,
  RETRY_BASE_MS: 50,
  RETRY_CAP_MS: 1000,
  BUDGET_RATIO: 0.1,
  BUDGET_PER_SECOND: 3,
  HEDGE: true,
  COALESCE: true,
  EJECT_AFTER_FAILURES: 5,
  EJECTION_MS: 30_000,
};

const milliseconds = (smallest = 0) => z.coerce.number().int().min(smallest).max(600_000);
const count = (smallest = 1) => z.coerce.number().int().min(smallest).max(100_000);
const share = z.coerce.number().min(0).max(0.99);

const shape = {
  TIMEOUT_INITIAL_MS: milliseconds(1).describe(
    'Attempt timeout until enough calls were seen. A timeout of a call that had less than half of it opens no breaker.',
  ),
  TIMEOUT_FLOOR_MS: milliseconds(1).describe('Shortest adaptive attempt timeout.'),
  TIMEOUT_MAX_MS: milliseconds(1).describe('Longest adaptive attempt timeout.'),
  RETRY_ATTEMPTS: count().describe('Attempts of one call, the first one included; 1 switches retries off.'),
  RETRY_BASE_MS: milliseconds().describe('Backoff before the first retry is up to this, doubling after.'),
  RETRY_CAP_MS: milliseconds().describe('Longest backoff.'),
  BUDGET_RATIO: share.describe('Extra attempts (retries and hedges) per call.'),
  BUDGET_PER_SECOND: count(0).describe('Extra attempts allowed each second besides.'),
  HEDGE: z.stringbool().describe('Whether a slow read is asked for a second time.'),
  BREAKER_ERROR_RATE: share.describe('Share of failures above which the breaker opens.'),
  BREAKER_VOLUME: count().describe('Calls in ten seconds below which it stays closed.'),
  BREAKER_RESET_MS: milliseconds(1).describe('How long it is open at first.'),
  BREAKER_RESET_MAX_MS: milliseconds(1).describe('How long it is open at most, while probes fail.'),
  BREAKER_RAMP_MS: milliseconds().describe('How long it takes to admit all calls again.'),
  BULKHEAD_CONCURRENT: count().describe('Calls under way at a time.'),
  BULKHEAD_QUEUE: count(0).describe('Calls that may wait for one of those to end.'),
  BULKHEAD_WAIT_MS: milliseconds().describe('Longest wait.'),
  COALESCE: z.stringbool().describe('Whether identical reads at a time share one call.'),
  EJECT_AFTER_FAILURES: count().describe('Failures in a row that eject an endpoint.'),
  EJECTION_MS: milliseconds(1).describe('How long the first ejection lasts.'),
} satisfies { [K in keyof UpstreamSettings]: z.ZodType<UpstreamSettings[K]> };

/** Settings of one upstream of which the first must not exceed the second. */
const IN_ORDER: readonly (readonly [keyof Shape, keyof Shape])[] = [
  ['TIMEOUT_FLOOR_MS', 'TIMEOUT_INITIAL_MS'],
  ['TIMEOUT_FLOOR_MS', 'TIMEOUT_MAX_MS'],
  ['TIMEOUT_INITIAL_MS', 'TIMEOUT_MAX_MS'],
  ['RETRY_BASE_MS', 'RETRY_CAP_MS'],
  ['BREAKER_RESET_MS', 'BREAKER_RESET_MAX_MS'],
];

type Shape = typeof shape;
type Variables<N extends string, S> = {
  [K in keyof Shape & keyof S as `UPSTREAM_${Uppercase<N>}_${K}`]: z.ZodPrefault<Shape[K]>;
};
type Config = Readonly<Record<string, unknown>>;

/** The variables `UPSTREAM_<NAME>_<SETTING>` of an upstream, to extend a service's configuration with. */
export const upstreamConfig = <N extends string>(name: N, own: Partial<UpstreamSettings> = {}) =>
  variables(name, { ...upstreamDefaults, ...own });

/** Those of a dependency that is not HTTP. */
export const dependencyConfig = <N extends string>(name: N, own: Partial<DependencySettings> = {}) =>
  variables(name, { ...dependencyDefaults, ...own });

/** An upstream's settings, out of a service's configuration, which `upstreamConfig` of the same name is a part of. */
export const upstreamSettings = (name: string, config: Config): UpstreamSettings =>
  valuesOf(name, upstreamDefaults, config);

/** A dependency's settings, out of a configuration that `dependencyConfig` of the same name is a part of. */
export const dependencySettings = (name: string, config: Config): DependencySettings =>
  valuesOf(name, dependencyDefaults, config);

/** A check for a service's schema: no upstream's settings contradict one another. Told with whatever else is wrong. */
export const policiesInOrder = z.superRefine<Config>(
  (config, context) => {
    for (const [lower, higher] of IN_ORDER)
      for (const low of Object.keys(config).filter((name) => isVariableOf(name, lower))) {
        const high = low.slice(0, -lower.length) + higher;
        const [least, most] = [config[low], config[high]];
        // One that is no number has a fault of its own.
        if (typeof least === 'number' && typeof most === 'number' && least > most)
          context.addIssue({ code: 'custom', path: [low], message: `must not exceed ${high}` });
      }
  },
  { when: () => true },
);

/** Whether a variable sets something of an upstream, maybe of another service's: several may share one environment. */
export const isUpstreamVariable = (name: string): boolean =>
  Object.keys(shape).some((setting) => isVariableOf(name, setting));

const isVariableOf = (name: string, setting: string): boolean =>
  name.startsWith('UPSTREAM_') && name.endsWith(`_${setting}`) && name.length > `UPSTREAM__${setting}`.length;

const variable = (name: string, setting: string): string => `UPSTREAM_${name.toUpperCase()}_${setting}`;

function variables<N extends string, S extends DependencySettings>(name: N, defaults: S): Variables<N, S> {
  const entries = Object.entries(shape)
    .filter(([setting]) => setting in defaults)
    .map(([setting, schema]) => [
      variable(name, setting),
      // As it would be written in the environment, so that the example of one shows it.
      (schema as z.ZodType).prefault(String(defaults[setting as keyof S])),
    ]);
  return Object.fromEntries(entries) as Variables<N, S>;
}

const valuesOf = <S extends DependencySettings>(name: string, settings: S, config: Config): S =>
  Object.fromEntries(
    Object.keys(settings).map((setting) => [setting, config[variable(name, setting)]]),
  ) as unknown as S;
