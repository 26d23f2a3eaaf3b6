import type { FilmTable } from './film-table.ts';
import { scoreSimilarity } from './similarity.ts';
import { findTop } from './top.ts';

/**
 * Points for a film that is always bought together with the target. More than for the same director, so enough purchases
 * outweigh attributes.
 */
const CO_PURCHASE_WEIGHT = 2;

export interface RankTask {
  readonly table: FilmTable;
  /** Position of the film to rank others for. */
  readonly target: number;
  /** Strength of the co-purchases of each film with the target, from 0 to 1, by position. */
  readonly coPurchases: Float64Array;
  readonly count: number;
}

/** Returns the positions of the recommended films, best first, without the target. */
export function rank({ table, target, coPurchases, count }: RankTask): number[] {
  const scores = scoreSimilarity(table, target).map(
    (similarity, film) => similarity + CO_PURCHASE_WEIGHT * coPurchases[film]!,
  );
  return findTop(scores, count + 1)
    .filter((film) => film !== target)
    .slice(0, count);
}
