import { type FilmLists, type FilmTable, KIND_ATTRIBUTES, hasFilm } from './film-table.ts';
import { MAX_CLOSENESS, Similarity } from './similarity.ts';
import { TopFilms } from './top-films.ts';

/**
 * Points for a film that is always bought together with the target. More than for the same director, so enough purchases
 * outweigh attributes.
 */
const CO_PURCHASE_WEIGHT = 2;

const ALL_ATTRIBUTES = 2 ** KIND_ATTRIBUTES.length - 1;

export interface RankTask {
  readonly table: FilmTable;
  /** Number of the film to rank others for. */
  readonly target: number;
  /** Strength of the co-purchases of films with the target, from 0 to 1. */
  readonly coPurchases: ReadonlyMap<number, number>;
  readonly count: number;
}

/**
 * Returns the recommended films, best first, without the target. The result is that of a scan of all films. A list of films is
 * ordered by rating score, so it is read only until its next film cannot reach the top any more.
 */
export function rank({ table, target, coPurchases, count }: RankTask): Uint32Array {
  const { kinds, cells, byDirector, ratingScore } = table;
  const similarity = new Similarity(table, target);
  const top = new TopFilms(table.order, count);
  for (const [film, strength] of coPurchases) {
    if (film !== target && hasFilm(table, film))
      top.add(film, similarity.score(film) + CO_PURCHASE_WEIGHT * strength);
  }
  const addList = (lists: FilmLists, list: number, limit: number, isDone?: (film: number) => boolean) => {
    for (let index = lists.starts[list]!; index < lists.starts[list + 1]!; index++) {
      const film = lists.films[index]!;
      if (ratingScore[film]! + limit < top.minScore) return;
      if (film !== target && !coPurchases.has(film) && !isDone?.(film)) top.add(film, similarity.score(film));
    }
  };
  const director = table.director[target]!;
  if (director !== 0)
    addList(byDirector, director, similarity.matchPoints(ALL_ATTRIBUTES, true) + MAX_CLOSENESS);
  for (const { members, points } of groupKinds(similarity)) {
    for (const kind of members) {
      if (kinds.best[kind]! + points + MAX_CLOSENESS < top.minScore) continue;
      for (let cell = kinds.starts[kind]!; cell < kinds.starts[kind + 1]!; cell++) {
        const limit = points + similarity.limitCell(cell);
        if (cells.best[cell]! + limit >= top.minScore)
          addList(cells.lists, cell, limit, (film) => similarity.hasSameDirector(film));
      }
    }
  }
  return top.toFilms();
}

/** Groups the kinds by the attributes that they share with the target, the most points first. */
function groupKinds(similarity: Similarity): { members: number[]; points: number }[] {
  const groups = Array.from({ length: ALL_ATTRIBUTES + 1 }, (_, matches) => ({
    members: [] as number[],
    points: similarity.matchPoints(matches, false),
  }));
  for (let kind = 1; kind < similarity.matches.length; kind++)
    groups[similarity.matches[kind]!]!.members.push(kind);
  return groups.toSorted((a, b) => b.points - a.points);
}
