import { InvalidHeaderError } from '@film-store/core';
import { expect, it } from 'vitest';
import { toProblem } from './to-problem.ts';

it('a header that is not valid is a validation-failed, 400, with its own words', () => {
  const problem = toProblem(new InvalidHeaderError('x-request-timeout-ms must be 1 to 9 digits'));
  expect(problem).toMatchObject({ code: 'validation-failed', status: 400 });
  expect(problem.toBody('r-1')).toMatchObject({ detail: 'x-request-timeout-ms must be 1 to 9 digits' });
});
