/** A switch that operators change without a deployment. */
export interface BooleanFlag {
  readonly key: string;
  /** The value while there is no definition. Choose the one whose worst consequence costs less. */
  readonly default: boolean;
  /** Says to operators what is on while the flag is on. The flag file has the same words. */
  readonly description: string;
}

/** Declares a flag, beside the code that evaluates it. */
export const booleanFlag = (key: string, declared: Omit<BooleanFlag, 'key'>): BooleanFlag => ({
  key,
  ...declared,
});

/**
 * A flag's value: that of its definition, or the declared default and why there is no other. `unreachable`: there are no
 * definitions. `upstream-error`: the flag has no usable definition.
 */
export type Evaluation =
  | { readonly source: 'flag'; readonly value: boolean }
  | {
      readonly source: 'default';
      readonly value: boolean;
      readonly reason: 'unreachable' | 'upstream-error';
    };

/** Says in a response that flags had their defaults. */
export interface FlagDegradation {
  readonly feature: 'flags';
  readonly reason: 'unreachable' | 'upstream-error';
  readonly source: 'default';
}

/** Returns the entry of a response's `degraded` list for flags that had their defaults: one for all of them. */
export function flagDegradations(...evaluations: readonly Evaluation[]): FlagDegradation[] {
  const unknown = evaluations.find((evaluation) => evaluation.source === 'default');
  return unknown ? [{ feature: 'flags', reason: unknown.reason, source: 'default' }] : [];
}
