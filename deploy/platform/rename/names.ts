import { UsageError } from '../command.ts';

/** The names of a platform, as `platform.config.ts` has them. */
export interface PlatformNames {
  /** Lower case, for packages, images, namespaces, labels and URNs. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For the packages of the libraries. */
  readonly scope: string;
}

/** Grafana accepts 40 characters in `NAME-resilience` and the like. */
const NAME_LENGTH = 28;
const TITLE_LENGTH = 60;
const WORD = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/i;
const TITLE = /^\p{L}[\p{L}\p{N}]*(?:[ .-][\p{L}\p{N}]+)*$/u;
const SCOPE = /^@[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/;

/**
 * Derives the names of a platform from the word that a person gives: `My.org-shop` → `my-org-shop`, `@my-org-shop` and
 * `My.org shop`.
 * @throws UsageError if one of them is malformed
 */
export function parseNames(word: string, given: { title?: string; scope?: string } = {}): PlatformNames {
  if (word.trim() === '') throw new UsageError('The name is empty. Give one such as acme-shop.');
  if (/\s/.test(word))
    throw new UsageError(`A name has no blanks. For people, add a title: acme-shop --title "${word.trim()}"`);
  if (!WORD.test(word))
    throw new UsageError(
      `${word} is no name: letters and digits, with single hyphens, dots or underscores between them, starting with a letter, as in acme-shop.`,
    );
  if (word.length > NAME_LENGTH)
    throw new UsageError(`${word} is too long: a name has at most ${NAME_LENGTH} characters.`);
  const name = word.toLowerCase().replaceAll(/[._]/g, '-');
  const title = given.title ?? word.replaceAll(/[_-]/g, ' ').replace(/^./, (letter) => letter.toUpperCase());
  if (!TITLE.test(title) || title.length > TITLE_LENGTH)
    throw new UsageError(
      `"${title}" is no title: at most ${TITLE_LENGTH} letters and digits, with single blanks, dots or hyphens between them, starting with a letter.`,
    );
  const scope = given.scope ?? `@${name}`;
  if (!SCOPE.test(scope))
    throw new UsageError(`"${scope}" is no scope of packages: lower case, with @ in front, as in @acme.`);
  return { name, title, scope };
}
