import { HttpException, RequestTimeoutException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import '@film-store/contracts';
import { Problem, type ProblemCode } from '@film-store/problem';
import { Refusal, fateOf } from './fate.ts';

describe('fateOf', () => {
  it.each<[ProblemCode, string]>([
    ['out-of-stock', 'final'],
    ['not-found', 'final'],
    ['validation-failed', 'refused'],
    ['idempotency-key-reused', 'refused'],
    ['unauthorised', 'refused'],
    ['forbidden', 'refused'],
    ['payload-too-large', 'refused'],
    ['unsupported-media-type', 'refused'],
    ['overloaded', 'refused'],
    ['breaker-open', 'refused'],
    ['bulkhead-full', 'refused'],
    ['upstream-timeout', 'unknown'],
    ['upstream-unreachable', 'unknown'],
    ['upstream-bad-response', 'unknown'],
    ['deadline-exceeded', 'unknown'],
    ['unavailable', 'unknown'],
    ['internal', 'unknown'],
    ['operation-in-progress', 'unknown'],
    ['outcome-unknown', 'unknown'],
    ['request-timeout', 'unknown'],
  ])('of %s is %s', (code, fate) => {
    expect(fateOf(new Problem(code))).toBe(fate);
  });

  it('of another 429 is refused', () => {
    expect(fateOf(new Problem('unavailable', { status: 429 }))).toBe('refused');
  });

  it('of what is said to be a refusal is refused, whatever its code', () => {
    expect(fateOf(new Refusal('unavailable'))).toBe('refused');
  });

  it.each([
    [302, 'unknown'],
    [399, 'unknown'],
    [400, 'final'],
    [401, 'refused'],
    [402, 'final'],
    [403, 'refused'],
    [404, 'final'],
    [408, 'unknown'],
    [409, 'final'],
    [413, 'refused'],
    [415, 'refused'],
    [422, 'final'],
    [429, 'refused'],
    [499, 'final'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('of an HttpException with status %i is %s', (status, fate) => {
    expect(fateOf(new HttpException('said', status))).toBe(fate);
  });

  it('of the exception of a timeout interceptor is unknown', () => {
    expect(fateOf(new RequestTimeoutException())).toBe('unknown');
  });

  it('of anything else is unknown', () => {
    expect(fateOf(new Error('a bug'))).toBe('unknown');
    expect(fateOf(undefined)).toBe('unknown');
  });
});
