import { expect, it } from 'vitest';
import { withoutQueryValues } from './query-values.ts';

it.each([
  ['/films', '/films'],
  ['/films?q=jane.doe%40example.com&limit=3', '/films?q=REDACTED&limit=REDACTED'],
  ['/films?access_token=a=b?c/d', '/films?access_token=REDACTED'],
  ['/films?', '/films?REDACTED'],
  ['/a&b=c/films?q=', '/a&b=c/films?q=REDACTED'],
  // A name is a word.
  ['/films?jane.doe%40example.com', '/films?REDACTED'],
  ['/films?q=1&eyJhbGciOi.x=1&&limit=3', '/films?q=REDACTED&REDACTED&REDACTED&limit=REDACTED'],
  ['/films?abcdefghijklmnopqrstuvwx=1', '/films?abcdefghijklmnopqrstuvwx=REDACTED'],
  ['/films?abcdefghijklmnopqrstuvwxy=1', '/films?REDACTED'],
])('converts %s to %s', (url, redacted) => {
  expect(withoutQueryValues(url)).toBe(redacted);
});
