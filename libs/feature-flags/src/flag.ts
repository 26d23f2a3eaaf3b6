import type { Degradation, DegradationReason } from '@film-store/degradation';

/** A switch that operators turn without a deploy. */
export interface BooleanFlag {
  readonly key: string;
  /** The value that is safe when nobody can say: what it costs at worst must be less than what the other one might. */
  readonly default: boolean;
  /** What is on when it is on, for operators; the flag file carries the same words. */
  readonly description: string;
}

/** Declares a flag beside the code that asks for it. */
export const booleanFlag = (key: string, declared: Omit<BooleanFlag, 'key'>): BooleanFlag => ({
  key,
  ...declared,
});

/** A flag's value: as its definition says, or the declared default because nobody can say, and why. */
export type Evaluation =
  | { readonly source: 'flag'; readonly value: boolean }
  | { readonly source: 'default'; readonly value: boolean; readonly reason: DegradationReason };

/** How flags that nobody could say are told in an answer's `degraded` list, once for all of them. */
export function flagDegradations(...evaluations: readonly Evaluation[]): Degradation[] {
  const unknown = evaluations.find((evaluation) => evaluation.source === 'default');
  return unknown ? [{ feature: 'flags', reason: unknown.reason, source: 'default' }] : [];
}
