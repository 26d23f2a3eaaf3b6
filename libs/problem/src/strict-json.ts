import { Problem } from './problem.ts';

/** What matters of a text that is valid JSON: strings (member names with their colon), numbers, where objects begin and end. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|(-?\d[\d.eE+-]*)|([{}])/g;

/**
 * What is wrong with a JSON text that parsers read differently from one another (RFC 7493, I-JSON): a byte order
 * mark, an object with a member twice, or a number that does not survive as an IEEE 754 double: an integer beyond
 * 2^53 - 1, or one that becomes infinite.
 * @param text must be valid JSON; nothing is promised of any other
 */
export function strictJsonProblem(text: string): Problem | undefined {
  if (text.startsWith('\ufeff')) return refusal('it begins with a byte order mark');
  const objects: Set<string>[] = [];
  for (const [, string, colon, number, brace] of text.matchAll(TOKEN)) {
    if (brace === '{') objects.push(new Set());
    else if (brace === '}') objects.pop();
    else if (number !== undefined && !isExact(Number(number)))
      return refusal('a number is too large to be read exactly');
    else if (colon !== undefined) {
      const members = objects.at(-1)!;
      const name = unquote(string!);
      if (members.has(name)) return refusal('an object has the same member twice');
      members.add(name);
    }
  }
  return undefined;
}

const isExact = (number: number): boolean =>
  Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));

const unquote = (string: string): string =>
  string.includes('\\') ? (JSON.parse(string) as string) : string.slice(1, -1);

const refusal = (detail: string): Problem => new Problem('validation-failed', { detail });
