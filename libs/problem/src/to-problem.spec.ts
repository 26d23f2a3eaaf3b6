import { InvalidHeaderError } from '@film-store/core';
import { expect, it } from 'vitest';
import { toProblem } from './to-problem.ts';

it('responds to an invalid header with 400 validation-failed and its message', () => {
  const problem = toProblem(new InvalidHeaderError('x-request-timeout-ms must be 1 to 9 digits'));
  expect(problem).toMatchObject({ code: 'validation-failed', status: 400 });
  expect(problem.toBody('r-1')).toMatchObject({ detail: 'x-request-timeout-ms must be 1 to 9 digits' });
});
