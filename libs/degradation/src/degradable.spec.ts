import { describe, expect, it } from 'vitest';
import { Problem, type ProblemCode } from '#libs/http';
import { type Source, SwitchedOff, degradationsOf, firstAvailable } from './degradable.ts';

type Name = 'best' | 'next' | 'nothing';
const works = (name: Name, value: string): Source<string, Name> => ({ name, read: async () => value });
const empty = (name: Name): Source<string, Name> => ({ name, read: async () => undefined });
const fails = (name: Name, error: unknown): Source<string, Name> => ({
  name,
  read: () => Promise.reject(error),
});
const last = { name: 'nothing' as const, value: '' };

describe('firstAvailable', () => {
  it('takes the best source, and does not ask the others', async () => {
    const never: Source<string, Name> = { name: 'next', read: () => Promise.reject(new Error('asked')) };
    expect(await firstAvailable([works('best', 'a'), never], last)).toEqual({
      degraded: false,
      value: 'a',
      source: 'best',
    });
  });

  it('goes on past what fails or has nothing, and gives the reason of the best', async () => {
    const sources = [
      fails('best', new Problem('upstream-timeout')),
      empty('next'),
      fails('next', new Problem('upstream-unreachable')),
      works('next', 'd'),
    ] as const;
    expect(await firstAvailable([...sources], last)).toEqual({
      degraded: true,
      value: 'd',
      source: 'next',
      reason: 'timeout',
    });
  });

  it('ends with what is left', async () => {
    expect(await firstAvailable([fails('best', new Problem('upstream-unreachable'))], last)).toEqual({
      degraded: true,
      value: '',
      source: 'nothing',
      reason: 'unreachable',
    });
  });

  it.each<[ProblemCode, string]>([
    ['upstream-timeout', 'timeout'],
    ['upstream-unreachable', 'unreachable'],
    ['upstream-bad-response', 'upstream-error'],
    ['unavailable', 'upstream-error'],
    ['deadline-exceeded', 'timeout'],
    ['breaker-open', 'breaker-open'],
    ['bulkhead-full', 'bulkhead-full'],
    ['overloaded', 'overload'],
    ['not-found', 'upstream-error'],
  ])('tells %s as %s', async (code, reason) => {
    expect(await firstAvailable([fails('best', new Problem(code))], last)).toMatchObject({ reason });
  });
});

it('tells a source that was switched off as that', async () => {
  expect(await firstAvailable([fails('best', new SwitchedOff())], last)).toMatchObject({
    reason: 'flag-off',
  });
});

it('lists a degraded part, and only that', async () => {
  const good = await firstAvailable([works('best', 'a')], last);
  const bad = await firstAvailable([fails('best', new Problem('upstream-timeout'))], last);
  expect(degradationsOf('picks', good)).toEqual([]);
  expect(degradationsOf('picks', bad)).toEqual([{ feature: 'picks', reason: 'timeout', source: 'nothing' }]);
});
