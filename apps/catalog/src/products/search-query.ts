import { tokenize } from '../films/tokenize.ts';

/** Each word costs a look-up in the index, and six words are enough to find a title. */
const MAX_WORDS = 6;

/**
 * Converts a search text to a query of PostgreSQL's `to_tsquery`: the first six words of the text, all of which must match.
 * The last word of the text may be the beginning of a word, because a client may search while a person types.
 * @returns the empty string for a text without letters and digits
 */
export function toSearchQuery(text: string): string {
  const words = tokenize(text);
  // Words contain only letters and digits, so they cannot contain search operators.
  const terms = words.map((word, index) => (index === words.length - 1 ? `${word}:*` : word));
  return terms.slice(0, MAX_WORDS).join(' & ');
}
