import { z } from 'zod';

/** The settings of the policies that every call passes. */
export interface DependencySettings {
  readonly timeoutInitialMs: number;
  readonly timeoutFloorMs: number;
  readonly timeoutMaxMs: number;
  readonly breakerErrorRate: number;
  readonly breakerMinimumCalls: number;
  readonly breakerOpenMs: number;
  readonly breakerMaxOpenMs: number;
  readonly breakerRecoveryMs: number;
  readonly bulkheadConcurrency: number;
  readonly bulkheadQueueLimit: number;
  readonly bulkheadQueueTimeoutMs: number;
}

/** Those of an upstream, which has more. */
export interface UpstreamSettings extends DependencySettings {
  readonly retryAttempts: number;
  readonly retryBaseDelayMs: number;
  readonly retryMaxDelayMs: number;
  readonly retryBudgetRatio: number;
  readonly retryBudgetPerSecond: number;
  readonly hedging: boolean;
  readonly requestCollapsing: boolean;
  readonly ejectionConsecutiveFailures: number;
  readonly ejectionBaseMs: number;
}

export const dependencyDefaults: DependencySettings = {
  timeoutInitialMs: 1000,
  timeoutFloorMs: 50,
  timeoutMaxMs: 2000,
  breakerErrorRate: 0.5,
  breakerMinimumCalls: 20,
  breakerOpenMs: 10_000,
  breakerMaxOpenMs: 60_000,
  breakerRecoveryMs: 5000,
  bulkheadConcurrency: 64,
  bulkheadQueueLimit: 32,
  bulkheadQueueTimeoutMs: 100,
};

export const upstreamDefaults: UpstreamSettings = {
  ...dependencyDefaults,
  retryAttempts: 3,
  retryBaseDelayMs: 50,
  retryMaxDelayMs: 1000,
  retryBudgetRatio: 0.1,
  retryBudgetPerSecond: 3,
  hedging: true,
  requestCollapsing: true,
  ejectionConsecutiveFailures: 5,
  ejectionBaseMs: 30_000,
};

/** The end of the variable that sets an option. */
const NAMES = {
  timeoutInitialMs: 'TIMEOUT_INITIAL_MS',
  timeoutFloorMs: 'TIMEOUT_FLOOR_MS',
  timeoutMaxMs: 'TIMEOUT_MAX_MS',
  retryAttempts: 'RETRY_ATTEMPTS',
  retryBaseDelayMs: 'RETRY_BASE_MS',
  retryMaxDelayMs: 'RETRY_CAP_MS',
  retryBudgetRatio: 'BUDGET_RATIO',
  retryBudgetPerSecond: 'BUDGET_PER_SECOND',
  hedging: 'HEDGE',
  requestCollapsing: 'COALESCE',
  breakerErrorRate: 'BREAKER_ERROR_RATE',
  breakerMinimumCalls: 'BREAKER_VOLUME',
  breakerOpenMs: 'BREAKER_RESET_MS',
  breakerMaxOpenMs: 'BREAKER_RESET_MAX_MS',
  breakerRecoveryMs: 'BREAKER_RAMP_MS',
  bulkheadConcurrency: 'BULKHEAD_CONCURRENT',
  bulkheadQueueLimit: 'BULKHEAD_QUEUE',
  bulkheadQueueTimeoutMs: 'BULKHEAD_WAIT_MS',
  ejectionConsecutiveFailures: 'EJECT_AFTER_FAILURES',
  ejectionBaseMs: 'EJECTION_MS',
} as const;

const milliseconds = (smallest = 0) => z.coerce.number().int().min(smallest).max(600_000);
const count = (smallest = 1) => z.coerce.number().int().min(smallest).max(100_000);
const share = z.coerce.number().min(0).max(0.99);

const shape = {
  timeoutInitialMs: milliseconds(1).describe(
    'Attempt timeout until enough calls were seen. A timeout of a call that had less than half of it opens no breaker.',
  ),
  timeoutFloorMs: milliseconds(1).describe('Shortest adaptive attempt timeout.'),
  timeoutMaxMs: milliseconds(1).describe('Longest adaptive attempt timeout.'),
  retryAttempts: count().describe('Attempts of one call, the first one included; 1 switches retries off.'),
  retryBaseDelayMs: milliseconds().describe('Backoff before the first retry is up to this, doubling after.'),
  retryMaxDelayMs: milliseconds().describe('Longest backoff.'),
  retryBudgetRatio: share.describe('Extra attempts (retries and hedges) per call.'),
  retryBudgetPerSecond: count(0).describe('Extra attempts allowed each second besides.'),
  hedging: z.stringbool().describe('Whether a slow read is asked for a second time.'),
  breakerErrorRate: share.describe('Share of failures above which the breaker opens.'),
  breakerMinimumCalls: count().describe('Calls in ten seconds below which it stays closed.'),
  breakerOpenMs: milliseconds(1).describe('How long it is open at first.'),
  breakerMaxOpenMs: milliseconds(1).describe('How long it is open at most, while probes fail.'),
  breakerRecoveryMs: milliseconds().describe('How long it takes to admit all calls again.'),
  bulkheadConcurrency: count().describe('Calls under way at a time.'),
  bulkheadQueueLimit: count(0).describe('Calls that may wait for one of those to end.'),
  bulkheadQueueTimeoutMs: milliseconds().describe('Longest wait.'),
  requestCollapsing: z.stringbool().describe('Whether identical reads at a time share one call.'),
  ejectionConsecutiveFailures: count().describe('Failures in a row that eject an endpoint.'),
  ejectionBaseMs: milliseconds(1).describe('How long the first ejection lasts.'),
} satisfies { [K in keyof UpstreamSettings]: z.ZodType<UpstreamSettings[K]> };

/** Settings of one upstream of which the first must not exceed the second. */
const IN_ORDER: readonly (readonly [keyof Shape, keyof Shape])[] = [
  ['timeoutFloorMs', 'timeoutInitialMs'],
  ['timeoutFloorMs', 'timeoutMaxMs'],
  ['timeoutInitialMs', 'timeoutMaxMs'],
  ['retryBaseDelayMs', 'retryMaxDelayMs'],
  ['breakerOpenMs', 'breakerMaxOpenMs'],
];

type Shape = typeof shape;
type Variables<N extends string, S> = {
  [K in keyof Shape & keyof S as `UPSTREAM_${Uppercase<N>}_${(typeof NAMES)[K]}`]: z.ZodPrefault<Shape[K]>;
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
    for (const [lower, higher] of IN_ORDER.map(
      (pair) => pair.map((option) => NAMES[option]) as [string, string],
    ))
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
  Object.values(NAMES).some((setting) => isVariableOf(name, setting));

const isVariableOf = (name: string, setting: string): boolean =>
  name.startsWith('UPSTREAM_') && name.endsWith(`_${setting}`) && name.length > `UPSTREAM__${setting}`.length;

const variable = (name: string, option: string): string =>
  `UPSTREAM_${name.toUpperCase()}_${NAMES[option as keyof Shape]}`;

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
