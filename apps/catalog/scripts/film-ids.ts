import { tokenize } from '../src/films/tokenize.ts';

/** Leaves room for the year and a number within the 100 characters of a product id. */
const LONGEST_SLUG = 88;

interface Named {
  readonly title: string;
  readonly releaseDate: string | null;
}

/**
 * An id per film, in the films' order: the title's words and the release year (`gone-with-the-wind-1939`). Of films
 * that would share one, the second ends in `-2`, and so on: an id depends only on the films before it.
 */
export function filmIds(films: readonly Named[]): string[] {
  const taken = new Set<string>();
  return films.map((film) => {
    const id = firstFree(nameOf(film), taken);
    taken.add(id);
    return id;
  });
}

function nameOf({ title, releaseDate }: Named): string {
  const slug = slugOf(title);
  const year = releaseDate?.slice(0, 4);
  return year === undefined || slug.endsWith(`-${year}`) ? slug : `${slug}-${year}`;
}

function slugOf(title: string): string {
  const asciiWords = tokenize(title).flatMap((word) => word.match(/[a-z0-9]+/g) ?? []);
  return asciiWords.join('-').slice(0, LONGEST_SLUG).replace(/-$/, '');
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}
