import { expect, it } from 'vitest';
import { parseWords } from './options.ts';

const parse = (...args: string[]) => parseWords(args, { to: { type: 'string' }, fast: { type: 'boolean' } });

it.each([
  [['--too', 'gateway'], "Unknown option '--too'"],
  [['--to'], "Option '--to <value>' argument missing"],
  [['--to', '--fast'], "Option '--to' argument is ambiguous"],
  [['--fast=yes'], "Option '--fast' does not take an argument"],
])('rejects %j and lists the options', (args, fault) => {
  expect(() => parse(...args)).toThrow(`${fault}. The options are:\n  --to VALUE\n  --fast`);
});

it('returns options and other words', () => {
  const { values, positionals } = parse('reviews', '--to', 'gateway');
  expect({ ...values }).toEqual({ to: 'gateway' });
  expect(positionals).toEqual(['reviews']);
});
