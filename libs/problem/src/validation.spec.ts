import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toPointer, toValidationProblem } from './validation.ts';

const schema = z.strictObject({ items: z.array(z.object({ quantity: z.int().min(1) })).min(1) });

const validate = (value: unknown) => toValidationProblem(schema.safeParse(value).error?.issues ?? []);

describe('validationProblem', () => {
  it('returns 422 and a pointer for a value out of range', () => {
    const problem = validate({ items: [{ quantity: 1 }, { quantity: 0 }] });
    expect(problem.status).toBe(422);
    expect(problem.errors?.map((error) => error.pointer)).toEqual(['/items/1/quantity']);
  });

  it.each([
    ['a wrong type', { items: [{ quantity: '1' }] }],
    ['a missing member', {}],
    ['an unknown member', { items: [{ quantity: 1 }], surprise: true }],
    ['a wrong type beside a wrong value', { items: [{ quantity: 0 }, { quantity: '1' }] }],
  ])('returns 400 for %s', (_, value) => {
    expect(validate(value).status).toBe(400);
  });
});

it('escapes pointers as RFC 6901 requires', () => {
  expect(toPointer(['a/b', 'm~n', 0])).toBe('/a~1b/m~0n/0');
});
