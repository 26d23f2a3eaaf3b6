import { HttpException, RequestTimeoutException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Problem, type ProblemCode } from '@film-store/problem';
import '../test/seat-taken.ts';
import { NotExecuted, toOutcome } from './outcome.ts';

describe('the outcome', () => {
  it.each<[ProblemCode, string]>([
    ['seat-taken', 'final'],
    ['not-found', 'final'],
    ['validation-failed', 'not-executed'],
    ['idempotency-key-reused', 'not-executed'],
    ['unauthorized', 'not-executed'],
    ['forbidden', 'not-executed'],
    ['payload-too-large', 'not-executed'],
    ['unsupported-media-type', 'not-executed'],
    ['overloaded', 'not-executed'],
    ['breaker-open', 'not-executed'],
    ['bulkhead-full', 'not-executed'],
    ['upstream-timeout', 'unknown'],
    ['upstream-unreachable', 'unknown'],
    ['upstream-bad-response', 'unknown'],
    ['deadline-exceeded', 'unknown'],
    ['unavailable', 'unknown'],
    ['internal', 'unknown'],
    ['operation-in-progress', 'unknown'],
    ['outcome-unknown', 'unknown'],
    ['request-timeout', 'unknown'],
  ])('of %s is %s', (code, outcome) => {
    expect(toOutcome(new Problem(code))).toBe(outcome);
  });

  it('of another 429 is not-executed', () => {
    expect(toOutcome(new Problem('unavailable', { status: 429 }))).toBe('not-executed');
  });

  it('of NotExecuted is not-executed for any code', () => {
    expect(toOutcome(new NotExecuted('unavailable'))).toBe('not-executed');
  });

  it.each([
    [302, 'unknown'],
    [399, 'unknown'],
    [400, 'final'],
    [401, 'not-executed'],
    [402, 'final'],
    [403, 'not-executed'],
    [404, 'final'],
    [408, 'unknown'],
    [409, 'final'],
    [413, 'not-executed'],
    [415, 'not-executed'],
    [422, 'final'],
    [429, 'not-executed'],
    [499, 'final'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('of an HttpException with status %i is %s', (status, outcome) => {
    expect(toOutcome(new HttpException('rejected', status))).toBe(outcome);
  });

  it('of the exception of a timeout interceptor is unknown', () => {
    expect(toOutcome(new RequestTimeoutException())).toBe('unknown');
  });

  it('of any other error is unknown', () => {
    expect(toOutcome(new Error('a bug'))).toBe('unknown');
    expect(toOutcome(undefined)).toBe('unknown');
  });
});
