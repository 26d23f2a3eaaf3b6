import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pointerTo, validationProblem } from './validation.ts';

const schema = z.strictObject({ items: z.array(z.object({ quantity: z.int().min(1) })).min(1) });

const problemOf = (value: unknown) => validationProblem(schema.safeParse(value).error?.issues ?? []);

describe('validationProblem', () => {
  it('is 422 where the form is right and a value is not, and says which', () => {
    const problem = problemOf({ items: [{ quantity: 1 }, { quantity: 0 }] });
    expect(problem.status).toBe(422);
    expect(problem.errors?.map((error) => error.pointer)).toEqual(['/items/1/quantity']);
  });

  it.each([
    ['a wrong type', { items: [{ quantity: '1' }] }],
    ['a missing member', {}],
    ['an unknown member', { items: [{ quantity: 1 }], surprise: true }],
    ['a wrong type beside a wrong value', { items: [{ quantity: 0 }, { quantity: '1' }] }],
  ])('is 400 for %s', (_, value) => {
    expect(problemOf(value).status).toBe(400);
  });
});

it('escapes pointers as RFC 6901 asks', () => {
  expect(pointerTo(['a/b', 'm~n', 0])).toBe('/a~1b/m~0n/0');
});
