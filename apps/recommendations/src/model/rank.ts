import type { FilmTable } from './film-table.ts';
import { scoreSimilarity } from './similarity.ts';
import { findTop } from './top.ts';

/**
 * Points for a film that is always bought together with another one. More than for the same director, so that purchases
 * outweigh attributes once there are enough of them.
 */
const CO_PURCHASE_WEIGHT = 2;

export interface RankTask {
  readonly table: FilmTable;
  /** The position of the film that others are ranked for. */
  readonly target: number;
  /** How strongly each film is bought together with the target, 0 to 1, by position. */
  readonly coPurchases: Float64Array;
  readonly count: number;
}

/** The positions of the films to recommend for the target, best first, the target left out. */
export function rank({ table, target, coPurchases, count }: RankTask): number[] {
  const scores = scoreSimilarity(table, target).map(
    (similarity, film) => similarity + CO_PURCHASE_WEIGHT * coPurchases[film]!,
  );
  return findTop(scores, count + 1)
    .filter((film) => film !== target)
    .slice(0, count);
}
