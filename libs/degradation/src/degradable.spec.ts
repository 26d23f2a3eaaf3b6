import { describe, expect, it } from 'vitest';
import { Problem, type ProblemCode } from '@film-store/problem';
import { type Source, toDegradations, firstAvailable, staleIfError } from './degradable.ts';
import { FeatureDisabled } from './feature-disabled.ts';

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
  it('returns the value of the best source without reading the others', async () => {
    const never: Source<string, Name> = { name: 'next', read: () => Promise.reject(new Error('read')) };
    expect(await firstAvailable([works('best', 'a'), never], last)).toEqual({
      degraded: false,
      value: 'a',
      source: 'best',
    });
  });

  it('skips sources that fail or have no value, and returns the reason of the best source', async () => {
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

  it('returns the time of an old value', async () => {
    const old: Source<string, Name> = { name: 'next', read: async () => ({ value: 'a', asOf: AS_OF }) };
    expect(await firstAvailable([fails('best', new Problem('upstream-timeout')), old], last)).toEqual({
      degraded: true,
      value: 'a',
      source: 'next',
      reason: 'timeout',
      asOf: '2026-01-01T00:00:00.000Z',
    });
  });

  it('returns the last resort if no source has a value', async () => {
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
  ])('reports %s as %s', async (code, reason) => {
    expect(await firstAvailable([fails('best', new Problem(code))], last)).toMatchObject({ reason });
  });
});

// #region part: flags
it('reports a source that operators switched off', async () => {
  expect(await firstAvailable([fails('best', new FeatureDisabled())], last)).toMatchObject({
    reason: 'flag-off',
  });
});
// #endregion part: flags

describe('staleIfError', () => {
  const cached = async () => ({ value: 'old', asOf: AS_OF });
  const failing = (reason: unknown) => () => Promise.reject(reason);

  it('returns the fresh value without reading the last known good one', async () => {
    const never = () => Promise.reject(new Error('read'));
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
  ])('returns the last known good value after %s, with the reason %s', async (code, reason) => {
    expect(await staleIfError(failing(new Problem(code)), cached)).toEqual({
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
  ])('throws an error that an old value must not hide: $name $code', async (error) => {
    await expect(staleIfError(failing(error), cached)).rejects.toBe(error);
  });

  it('throws the failure if there is no last known good value', async () => {
    const error = new Problem('upstream-unreachable');
    await expect(staleIfError(failing(error), async () => undefined)).rejects.toBe(error);
  });
});

it('lists the time of an old value', async () => {
  const old = await staleIfError(
    () => Promise.reject(new Problem('breaker-open')),
    async () => ({ value: 'a', asOf: AS_OF }),
  );
  expect(toDegradations('product', old)).toEqual([
    {
      feature: 'product',
      reason: 'breaker-open',
      source: 'last-known-good',
      asOf: '2026-01-01T00:00:00.000Z',
    },
  ]);
});

it('lists degraded parts only', async () => {
  const good = await firstAvailable([works('best', 'a')], last);
  const bad = await firstAvailable([fails('best', new Problem('upstream-timeout'))], last);
  expect(toDegradations('reviews', good)).toEqual([]);
  expect(toDegradations('reviews', bad)).toEqual([
    { feature: 'reviews', reason: 'timeout', source: 'nothing' },
  ]);
});
