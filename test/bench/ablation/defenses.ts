import { services } from '../../../deploy/local/services.ts';

/** Name of a defense that can be removed. */
export type DefenseName =
  | 'deadline'
  | 'adaptive-timeout'
  | 'retry'
  | 'retry-budget'
  | 'hedge'
  | 'bulkhead'
  | 'breaker'
  | 'request-collapsing'
  | 'degradation'
  | 'load-shedding'
  | 'priorities'
  | 'idempotency-key'
  | 'outlier-ejection';

export interface Defense {
  readonly name: DefenseName;
  /** The replacement of the defense, in words. */
  readonly without: string;
  /** Settings of the gateway without the defense; `policies` are settings of each upstream, without `UPSTREAM_NAME_`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly policies?: Readonly<Record<string, string>>;
  /** Settings of the service behind the gateway under overload. */
  readonly upstreamEnv?: Readonly<Record<string, string>>;
}

/** A part that no setting removes: `gateway.ts` composes the gateway without it. */
const composed = (name: DefenseName) => ({ env: { ABLATION_OFF: name } });

export const defenses: readonly Defense[] = [
  { name: 'deadline', without: 'requests may take 60 s', ...composed('deadline') },
  {
    name: 'adaptive-timeout',
    without: 'each attempt may take 1 s',
    policies: { TIMEOUT_FLOOR_MS: '1000', TIMEOUT_INITIAL_MS: '1000', TIMEOUT_MAX_MS: '1000' },
  },
  { name: 'retry', without: 'one attempt', policies: { RETRY_ATTEMPTS: '1' } },
  {
    name: 'retry-budget',
    without: 'all retries and hedges run',
    policies: { BUDGET_RATIO: '0.99', BUDGET_PER_SECOND: '100000' },
  },
  { name: 'hedge', without: 'a slow read is not sent again', policies: { HEDGE: 'false' } },
  {
    name: 'bulkhead',
    without: 'any number of concurrent calls',
    policies: { BULKHEAD_CONCURRENT: '100000', BULKHEAD_ADAPTIVE: 'false' },
  },
  { name: 'breaker', without: 'the breaker stays closed', policies: { BREAKER_VOLUME: '100000' } },
  { name: 'request-collapsing', without: 'each read is a call', policies: { COALESCE: 'false' } },
  {
    name: 'degradation',
    without: 'a page fails with its parts; nothing is kept for later',
    ...composed('degradation'),
  },
  {
    name: 'load-shedding',
    without: 'all requests are admitted',
    env: { OVERLOAD_STRATEGY: 'off' },
    upstreamEnv: { OVERLOAD_STRATEGY: 'off' },
  },
  {
    name: 'priorities',
    without: 'orders have the priority of pages',
    ...composed('priorities'),
    upstreamEnv: { ORDER_PRIORITY: 'normal' },
  },
  { name: 'idempotency-key', without: 'a client sends each try with a new key' },
  {
    name: 'outlier-ejection',
    without: 'no endpoint is ejected',
    policies: { EJECT_AFTER_FAILURES: '100000' },
  },
];

/** Two defenses that act on the same calls, so that one can harm the other. */
export const pairs: readonly (readonly [DefenseName, DefenseName])[] = [
  ['retry', 'breaker'],
  ['hedge', 'breaker'],
  ['retry', 'hedge'],
  ['adaptive-timeout', 'hedge'],
  ['adaptive-timeout', 'breaker'],
  ['bulkhead', 'load-shedding'],
];

/** A gateway with some defenses removed, or the naive gateway. */
export interface Subject {
  /** `on-1` and so on, `off`, `naive`, or the removed defenses, joined by `+`. */
  readonly name: string;
  readonly kind: 'ours' | 'naive';
  readonly without: readonly DefenseName[];
}

/** Runs with everything on: their differences are noise. */
const REPEATS = 6;
const repeats: readonly Subject[] = Array.from({ length: REPEATS }, (_, index) => ({
  name: `on-${index + 1}`,
  kind: 'ours',
  without: [],
}));
export const isRepeat = (subject: string): boolean => subject.startsWith('on-');

export const subjects: readonly Subject[] = [
  ...repeats,
  ...defenses.map(({ name }): Subject => ({ name, kind: 'ours', without: [name] })),
  ...pairs.map((pair): Subject => ({ name: pair.join('+'), kind: 'ours', without: pair })),
  { name: 'off', kind: 'ours', without: defenses.map(({ name }) => name) },
  { name: 'naive', kind: 'naive', without: [] },
];

/** Settings that make the attempt timeout as long as that of the naive gateway, which has none. */
const NO_TIMEOUT = { TIMEOUT_INITIAL_MS: '600000', TIMEOUT_MAX_MS: '600000' };

/** Returns the environment of our gateway without these defenses. */
export function toGatewayEnv({ name, without }: Subject): Record<string, string> {
  const removed = defenses.filter((defense) => without.includes(defense.name));
  const policies = {
    ...Object.assign({}, ...removed.map((defense) => defense.policies)),
    ...(name === 'off' && NO_TIMEOUT),
  } as Record<string, string>;
  const perUpstream = services
    .filter(({ name: service }) => service !== 'gateway')
    .flatMap(({ urlVariable }) =>
      Object.entries(policies).map(([policy, value]) => [
        `UPSTREAM_${urlVariable.replace(/_URL$/, '')}_${policy}`,
        value,
      ]),
    );
  return {
    ...(Object.assign({}, ...removed.map(({ env }) => env)) as Record<string, string>),
    ABLATION_OFF: removed.flatMap(({ env }) => env?.['ABLATION_OFF'] ?? []).join(),
    ...(Object.fromEntries(perUpstream) as Record<string, string>),
  };
}

/** Returns the environment of the service behind the gateway under overload, without these defenses. */
export const toUpstreamEnv = ({ kind, without }: Subject): Record<string, string> =>
  Object.assign(
    {},
    ...defenses
      .filter(({ name }) => kind === 'naive' || without.includes(name))
      .map(({ upstreamEnv }) => upstreamEnv),
  ) as Record<string, string>;
