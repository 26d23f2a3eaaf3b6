const MARKS = /\p{M}/gu;
/** Matches the apostrophe in "Schindler's", "Don't" or "We're", but not in "d'Amélie" or "O'Brien", where it separates words. */
const ENDING_APOSTROPHE = /(?<=\p{L})['’](?=\p{L}{1,2}(?![\p{L}\p{N}]))/gu;
const WORD = /[\p{L}\p{N}]+/gu;

/** Splits a text into lower-case words of letters and digits, without accents. Search and film ids use these words. */
export function tokenize(text: string): string[] {
  const plain = text.normalize('NFD').replace(MARKS, '').replace(ENDING_APOSTROPHE, '').toLowerCase();
  return plain.match(WORD) ?? [];
}
