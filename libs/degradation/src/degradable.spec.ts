import { describe, expect, it } from 'vitest';
import { Problem, type ProblemCode } from '@film-store/problem';
import { type Source, FeatureDisabled, degradationsOf, firstAvailable, staleIfError } from './degradable.ts';

type Name = 'best' | 'next' | 'nothing';
const works = (name: Name, value: string): Source<string, Name> => ({
  name,
  read: async () => ({ value }),
});
const empty = (name: Name): Source<string, Name> => ({ name, read: async () => undefined });
const fails = (name: Name, error: unknown): Source<string, Name> => ({
  name,
  read: () => Promise.reject(error),
});
const AS_OF = '2026-01-01T00:00:00.000Z';
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

  it('says how old an old value is', async () => {
    const old: Source<string, Name> = { name: 'next', read: async () => ({ value: 'a', asOf: AS_OF }) };
    expect(await firstAvailable([fails('best', new Problem('upstream-timeout')), old], last)).toEqual({
      degraded: true,
      value: 'a',
      source: 'next',
      reason: 'timeout',
      asOf: '2026-01-01T00:00:00.000Z',
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
  expect(await firstAvailable([fails('best', new FeatureDisabled())], last)).toMatchObject({
    reason: 'flag-off',
  });
});

describe('staleIfError', () => {
  const known = async () => ({ value: 'old', asOf: AS_OF });
  const failing = (what: unknown) => () => Promise.reject(what);

  it('gives the fresh value, and does not ask for the other', async () => {
    const never = () => Promise.reject(new Error('asked'));
    expect(await staleIfError(async () => 'new', never)).toEqual({
      degraded: false,
      value: 'new',
      source: 'fresh',
    });
  });

  it.each<[ProblemCode, string]>([
    ['upstream-bad-response', 'upstream-error'],
    ['upstream-unreachable', 'unreachable'],
    ['upstream-timeout', 'timeout'],
    ['deadline-exceeded', 'timeout'],
    ['breaker-open', 'breaker-open'],
    ['bulkhead-full', 'bulkhead-full'],
    ['overloaded', 'overload'],
    ['unavailable', 'upstream-error'],
  ])('gives the last known value after %s, whose reason is %s', async (code, reason) => {
    expect(await staleIfError(failing(new Problem(code)), known)).toEqual({
      degraded: true,
      value: 'old',
      source: 'last-known-good',
      reason,
      asOf: '2026-01-01T00:00:00.000Z',
    });
  });

  it.each([
    new Problem('not-found'),
    new Problem('validation-failed'),
    new Problem('internal'),
    new TypeError('a defect'),
  ])('passes on what an old value must not hide: $name $code', async (error) => {
    await expect(staleIfError(failing(error), known)).rejects.toBe(error);
  });

  it('passes on the failure where nothing is known', async () => {
    const error = new Problem('upstream-unreachable');
    await expect(staleIfError(failing(error), async () => undefined)).rejects.toBe(error);
  });
});

it('tells how old a degraded part is, where it is old', async () => {
  const old = await staleIfError(
    () => Promise.reject(new Problem('breaker-open')),
    async () => ({ value: 'a', asOf: AS_OF }),
  );
  expect(degradationsOf('product', old)).toEqual([
    {
      feature: 'product',
      reason: 'breaker-open',
      source: 'last-known-good',
      asOf: '2026-01-01T00:00:00.000Z',
    },
  ]);
});

it('lists a degraded part, and only that', async () => {
  const good = await firstAvailable([works('best', 'a')], last);
  const bad = await firstAvailable([fails('best', new Problem('upstream-timeout'))], last);
  expect(degradationsOf('picks', good)).toEqual([]);
  expect(degradationsOf('picks', bad)).toEqual([{ feature: 'picks', reason: 'timeout', source: 'nothing' }]);
});
