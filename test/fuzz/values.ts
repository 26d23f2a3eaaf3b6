import fc from 'fast-check';
import type { Schema } from './document.ts';

/** Meaningful values for strings of a pattern, for example the ids of existing films. */
export type Known = ReadonlyMap<string, fc.Arbitrary<string>>;

const MOST_ITEMS = 5;
const MOST_CHARACTERS = 100;

/** Draws values that the schema allows. If `known` has values for a pattern, it draws only those. */
export function fitting(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => fitting(each, known)));
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const members = Object.entries(properties).map(([name, of]) => [name, fitting(of, known)]);
      return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: [...required],
      });
    }
    case 'array': {
      const { items = {}, minItems = 0, maxItems = MOST_ITEMS } = schema;
      return fc.array(fitting(items, known), {
        minLength: minItems,
        maxLength: Math.min(maxItems, MOST_ITEMS),
      });
    }
    case 'string':
      return (schema.pattern === undefined ? undefined : known.get(schema.pattern)) ?? anyFitting(schema);
    case 'integer': {
      const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
      return fc.integer({ min: minimum, max: maximum });
    }
    default:
      throw new Error(`no generator for the type ${String(schema.type)}: write one`);
  }
}

function anyFitting({
  pattern = '',
  minLength = 0,
  maxLength = MOST_CHARACTERS,
}: Schema): fc.Arbitrary<string> {
  const fits = new RegExp(pattern, 'u');
  return matching(pattern, minLength, maxLength).filter(
    (text) => text.length >= minLength && text.length <= maxLength && fits.test(text),
  );
}

/**
 * Draws from the pattern, and respects the length only if that is easy. `stringMatching` does not support Unicode
 * properties.
 */
const matching = (pattern: string, minLength = 0, maxLength = MOST_CHARACTERS): fc.Arbitrary<string> =>
  pattern.includes('\\p')
    ? fc.string({ unit: 'grapheme', minLength, maxLength })
    : fc.stringMatching(new RegExp(pattern, 'u'));

/** Draws values that violate the schema in one place. */
export function nearlyFitting(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const whole = fitting(schema, known) as fc.Arbitrary<Record<string, unknown>>;
      return fc.oneof(
        otherType,
        ...required.map((name) => whole.map((value) => omit(value, name))),
        ...Object.entries(properties).map(([name, of]) =>
          fc.tuple(whole, nearlyFitting(of, known)).map(([value, wrong]) => withMember(value, name, wrong)),
        ),
        fc
          .tuple(whole, fc.constantFrom(...ODD_NAMES), fc.jsonValue())
          .map(([value, name, extra]) => withMember(value, name, extra)),
      );
    }
    case 'array': {
      const { items = {}, minItems = 0, maxItems = MOST_ITEMS } = schema;
      const whole = fitting(schema, known) as fc.Arbitrary<unknown[]>;
      const withLength = (length: number) =>
        fc.array(fitting(items, known), { minLength: length, maxLength: length });
      return fc.oneof(
        otherType,
        ...(minItems > 0 ? [withLength(minItems - 1)] : []),
        withLength(maxItems + 1),
        fc.tuple(whole, nearlyFitting(items, known)).map(([value, wrong]) => value.concat([wrong])),
        whole.map((value) => value.concat(value)),
      );
    }
    case 'integer': {
      const { minimum = 0, maximum = 0 } = schema;
      return fc.oneof(otherType, fc.constantFrom(minimum - 1, maximum + 1, ...ODD_NUMBERS), fc.double());
    }
    case 'string':
      return fc.oneof(
        otherType,
        matching(schema.pattern ?? ''),
        oddText,
        fc.constant('x'.repeat((schema.maxLength ?? 0) + 1)),
      );
    default:
      return otherType;
  }
}

const ODD_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  'price',
  'items ',
  'ITEMS',
  '\u0000',
];
const ODD_NUMBERS = [-0, 0.1, 1e21, 2 ** 53, -(2 ** 53), 1e308, 5e-324];

/** Values of every JSON type. */
export const otherType: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, '', ' ', 0, '1', [], {}, [[]], ...ODD_NUMBERS),
  fc.jsonValue(),
);

/** Texts that have broken parsers, databases and logs. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '\u0000',
    '\u001b[31m',
    '\r\nSet-Cookie: a=b',
    '\u202e',
    '\ud800',
    '\ufeff',
    "' or 1=1; --",
    '%_\\',
    '${jndi:ldap://a}',
    '../../etc/passwd',
    '%00',
    'İ',
    'ﷺ'.repeat(100),
    'NaN',
    '1e400',
    '0x10',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

/** A computed member, so that `__proto__` becomes one too. */
const withMember = (
  object: Record<string, unknown>,
  name: string,
  value: unknown,
): Record<string, unknown> => ({
  ...object,
  [name]: value,
});

const omit = (value: Record<string, unknown>, name: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
