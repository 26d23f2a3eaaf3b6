const MARKS = /\p{M}/gu;
/** The apostrophe of "Schindler's", "Don't" or "We're"; not that of "d'Amélie" or "O'Brien", which parts words. */
const APOSTROPHE_OF_ENDING = /(?<=\p{L})['’](?=\p{L}{1,2}(?![\p{L}\p{N}]))/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/** The words of a text, lower-case and without accents, letters and digits only: films are found and named by them. */
export function tokenize(text: string): string[] {
  const plain = text.normalize('NFD').replace(MARKS, '').replace(APOSTROPHE_OF_ENDING, '').toLowerCase();
  return plain.match(WORD) ?? [];
}
