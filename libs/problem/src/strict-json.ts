import { Problem } from './problem.ts';

/** Matches strings (with the colon after the name of a member), numbers, and the braces of objects in valid JSON. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|(-?\d[\d.eE+-]*)|([{}])/g;

/**
 * Rejects JSON that parsers read differently (RFC 7493, I-JSON): a byte order mark, an object with a member twice, and a
 * number beyond ±(2^53 - 1), which an IEEE 754 double does not hold exactly.
 * @param text must be valid JSON
 */
export function checkStrictJson(text: string): Problem | undefined {
  if (text.startsWith('\ufeff')) return invalid('the body begins with a byte order mark');
  const objects: Set<string>[] = [];
  for (const [, string, colon, number, brace] of text.matchAll(TOKEN)) {
    if (brace === '{') objects.push(new Set());
    else if (brace === '}') objects.pop();
    else if (Math.abs(Number(number)) > Number.MAX_SAFE_INTEGER)
      return invalid('a number is too large for an IEEE 754 double');
    else if (colon !== undefined) {
      const members = objects.at(-1)!;
      const name = JSON.parse(string!) as string;
      if (members.has(name)) return invalid('an object has the same member twice');
      members.add(name);
    }
  }
  return undefined;
}

const invalid = (detail: string): Problem => new Problem('validation-failed', { detail });
