import type { Product } from '@film-store/contracts';

const WEIGHTS = { director: 1, genre: 1, creativeType: 1, source: 0.5, mpaaRating: 0.5 } as const;

/**
 * Ranks by the definition of the score, without an index: the expected result of `rank`.
 * @param films film `n` has the number `n + 1`
 */
export function scanAll(
  films: readonly Product[],
  target: number,
  coPurchases: ReadonlyMap<number, number>,
  count: number,
): number[] {
  const targetFilm = films[target - 1]!;
  const scoreRating = createRatingScore(films);
  const points = Object.entries(WEIGHTS).map(([name, weight]) => {
    const attribute = name as keyof typeof WEIGHTS;
    const matches = films.filter((film) => film[attribute] === targetFilm[attribute]).length;
    const rarity = Math.log2(films.length / matches) / Math.log2(films.length);
    return { attribute, points: weight * (0.2 + 0.8 * rarity) };
  });
  const score = (film: Product, number: number): number => {
    let sum = scoreRating(film);
    for (const { attribute, points: each } of points) {
      if (film[attribute] !== null && film[attribute] === targetFilm[attribute]) sum += each;
    }
    sum += 0.2 * closeness(toYear(targetFilm), toYear(film), 20);
    sum += 0.2 * closeness(targetFilm.imdb.rating, film.imdb.rating, 3);
    return sum + 2 * (coPurchases.get(number) ?? 0);
  };
  return films
    .map((film, index) => ({ id: film.id, number: index + 1, score: score(film, index + 1) }))
    .filter(({ number }) => number !== target)
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map(({ number }) => number);
}

function createRatingScore(films: readonly Product[]): (film: Product) => number {
  const ratings = films.flatMap(({ imdb }) => imdb.rating ?? []);
  const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  const mostVotes = Math.max(...films.map(({ imdb }) => imdb.votes ?? 0));
  return ({ imdb: { rating, votes } }) => {
    const weight = (votes ?? 0) / ((votes ?? 0) + 5000);
    const quality = (weight * (rating ?? mean) + (1 - weight) * mean) / 10;
    return (quality + Math.log1p(votes ?? 0) / Math.log1p(mostVotes)) / 2;
  };
}

const toYear = ({ releaseDate }: Product): number | null =>
  releaseDate === null ? null : Number(releaseDate.slice(0, 4));

const closeness = (a: number | null, b: number | null, range: number): number =>
  a === null || b === null ? 0 : Math.max(0, 1 - Math.abs(a - b) / range);
