import { tokenize } from '../src/films/tokenize.ts';

/** Leaves room for the year and a number in the 100 characters of a product id. */
const MAX_SLUG_LENGTH = 88;

interface TitledFilm {
  readonly title: string;
  readonly releaseDate: string | null;
}

/**
 * Returns one id for each film, in the same order: the words of the title and the release year
 * (`gone-with-the-wind-1939`). The second film with the same title and year gets the suffix `-2`, the third `-3`. An id
 * depends only on earlier films.
 */
export function toFilmIds(films: readonly TitledFilm[]): string[] {
  const taken = new Set<string>();
  return films.map((film) => {
    const id = findFreeId(toName(film), taken);
    taken.add(id);
    return id;
  });
}

function toName({ title, releaseDate }: TitledFilm): string {
  const slug = toSlug(title);
  const year = releaseDate?.slice(0, 4);
  return year === undefined || slug.endsWith(`-${year}`) ? slug : `${slug}-${year}`;
}

function toSlug(title: string): string {
  const asciiWords = tokenize(title).flatMap((word) => word.match(/[a-z0-9]+/g) ?? []);
  return asciiWords.join('-').slice(0, MAX_SLUG_LENGTH).replace(/-$/, '');
}

function findFreeId(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
