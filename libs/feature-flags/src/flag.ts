/** A switch that operators change without a deployment. */
export interface BooleanFlag {
  readonly key: string;
  /** The value while there is no definition. Choose the one whose worst consequence is smaller. */
  readonly default: boolean;
  /** The effect of the flag, for operators. The flag file has the same text. */
  readonly description: string;
}

/** Declares a flag. Call it beside the code that evaluates the flag. */
export const booleanFlag = (key: string, declared: Omit<BooleanFlag, 'key'>): BooleanFlag => ({
  key,
  ...declared,
});

interface DefaultUsed {
  readonly source: 'default';
  /** `unreachable`: there are no definitions. `upstream-error`: the flag has no usable definition. */
  readonly reason: 'unreachable' | 'upstream-error';
}

/** The value of a flag, from its definition or from its declaration. */
export type Evaluation = { readonly value: boolean } & ({ readonly source: 'flag' } | DefaultUsed);

/** Reports in a response that flags had their declared defaults. */
export type FlagDegradation = { readonly feature: 'flags' } & DefaultUsed;

/** Returns the entry of a response's `degraded` list for all flags that had their declared defaults. */
export function flagDegradations(...evaluations: readonly Evaluation[]): FlagDegradation[] {
  const first = evaluations.find((evaluation) => evaluation.source === 'default');
  return first ? [{ feature: 'flags', reason: first.reason, source: 'default' }] : [];
}
