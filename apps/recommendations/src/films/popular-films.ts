import type { Database } from '../database/database.ts';

/**
 * Popularity of a film is measured in IMDB votes. Votes rank the films before the first sale, and a sold unit counts as 1,000 votes.
 * The best-known film has half a million votes, so about 500 sales outweigh it.
 */
export const VOTES_PER_UNIT = 1000;

/** Films above which the list is shortened to `KEPT`. */
const MAX_LENGTH = 512;
const KEPT = 256;
/** Films below which a list with a limit is built again. At least the films of the longest response, `MAX_RECOMMENDATIONS`. */
const MIN_LENGTH = 64;

/** True for films that belong to the list: they rank before the limit, or there is none. */
const IS_WITHIN_LIMIT = '((-popularity, id) <= (SELECT -popularity, id FROM popular_limit)) IS NOT FALSE';

/** Updates the list, and the copies of the votes, after a change of these films. */
export function noteChangedFilms(database: Database, numbers: readonly number[]): void {
  if (numbers.length === 0) return;
  database.run(
    `UPDATE sales SET votes = (SELECT ifnull(votes, 0) FROM film WHERE number = sales.film AND listed)
     WHERE film IN (SELECT value FROM json_each(?))`,
    JSON.stringify(numbers),
  );
  updatePopular(database, numbers);
}

/**
 * Updates the list of the most popular films after a change of these films or of their sales, in the same transaction. The list
 * is complete down to its limit, so that an order changes few pages. An index of all films would move an entry for each line.
 */
export function updatePopular(database: Database, numbers: readonly number[]): void {
  if (numbers.length === 0) return;
  const json = JSON.stringify(numbers);
  database.run('DELETE FROM popular WHERE film IN (SELECT value FROM json_each(?))', json);
  database.run(
    `INSERT INTO popular SELECT film, popularity, id FROM ranked_film
     WHERE film IN (SELECT value FROM json_each(?)) AND ${IS_WITHIN_LIMIT}`,
    json,
  );
  const { films } = database.get<{ films: number }>('SELECT count(*) AS films FROM popular')!;
  if (films > MAX_LENGTH) limitPopular(database);
  else if (films < MIN_LENGTH && readPopularLimit(database) > Number.NEGATIVE_INFINITY)
    rebuildPopular(database);
}

/** Returns the popularity below which a film is not in the list, or -Infinity if the list has all films. */
export const readPopularLimit = (database: Database): number =>
  database.get<{ popularity: number }>('SELECT popularity FROM popular_limit')?.popularity ??
  Number.NEGATIVE_INFINITY;

/** Reads all films and sales, which takes a second of processor time for a million films. */
export function rebuildPopular(database: Database): void {
  database.run('DELETE FROM popular');
  database.run(
    `INSERT INTO popular SELECT film, popularity, id FROM ranked_film ORDER BY popularity DESC, id LIMIT ${KEPT}`,
  );
  limitPopular(database);
}

/**
 * Returns the numbers of the most popular films, best first. Films with equal popularity are in the order of their ids.
 * @param count at most `MIN_LENGTH`
 */
export function findMostPopular(database: Database, count: number): Uint32Array {
  const query = 'SELECT film FROM popular ORDER BY popularity DESC, id LIMIT ?';
  return Uint32Array.from(database.all<{ film: number }>(query, count), ({ film }) => film);
}

/** Sets the limit to the last film that is kept, and removes those after it. A shorter list has all films, so it has no limit. */
function limitPopular(database: Database): void {
  database.run('DELETE FROM popular_limit');
  database.run(
    `INSERT INTO popular_limit SELECT popularity, id FROM popular ORDER BY popularity DESC, id LIMIT 1 OFFSET ${KEPT - 1}`,
  );
  database.run(`DELETE FROM popular WHERE NOT ${IS_WITHIN_LIMIT}`);
}
