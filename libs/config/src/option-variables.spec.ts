import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnvironment, redactConfig } from './environment.ts';
import { mapOptions } from './option-variables.ts';
import { exampleEnv, optionTable } from './reference.ts';
import { secret } from './secret.ts';

const oven = z
  .strictObject({
    minDegrees: z
      .number()
      .int()
      .min(0)
      .max(300)
      .default(50)
      .describe('Lowest temperature, below `maxDegrees`.'),
    maxDegrees: z.number().int().min(0).max(300).default(250).describe('Highest temperature.'),
    fan: z.boolean().default(false).describe('Circulates the air.'),
    mode: z.enum(['bake', 'grill']).default('bake').describe('Heating element.'),
    code: secret(z.string().min(4)).optional().describe('Unlocks the door.'),
  })
  .refine(({ minDegrees, maxDegrees }) => !(minDegrees > maxDegrees), {
    path: ['minDegrees'],
    message: 'must not exceed `maxDegrees`',
    when: () => true,
  });
const mapped = mapOptions(oven, {
  minDegrees: 'MIN',
  maxDegrees: 'MAX',
  fan: 'FAN',
  mode: 'MODE',
  code: 'CODE',
});
const schema = z.object({ PORT: z.coerce.number(), ...mapped.variables('OVEN_', { maxDegrees: 200 }) });
const parse = (env: NodeJS.ProcessEnv) => parseEnvironment('bakery', schema, { PORT: '1', ...env });

describe('options in the environment', () => {
  it('have the defaults of the library, or those of the application', () => {
    expect(parse({})).toEqual({
      PORT: 1,
      OVEN_MIN: 50,
      OVEN_MAX: 200,
      OVEN_FAN: false,
      OVEN_MODE: 'bake',
    });
  });

  it('are parsed as numbers, booleans and words, and mapped to options', () => {
    const env = { OVEN_MIN: '0', OVEN_MAX: '9', OVEN_FAN: 'true', OVEN_MODE: 'grill', OVEN_CODE: '12345' };
    expect(mapped.options('OVEN_', parse(env))).toEqual({
      minDegrees: 0,
      maxDegrees: 9,
      fan: true,
      mode: 'grill',
      code: '12345',
    });
  });

  it.each([
    ['a contradiction', { OVEN_MIN: '201' }, 'OVEN_MIN: must not exceed OVEN_MAX'],
    ['a contradiction with other errors', { PORT: 'x', OVEN_MIN: '201' }, 'must not exceed OVEN_MAX'],
    ['a value out of range', { OVEN_MIN: '-1' }, 'OVEN_MIN: Too small: expected number to be >=0'],
    [
      'a value that is not a number',
      { OVEN_MAX: 'hot' },
      'OVEN_MAX: Invalid input: expected number, received NaN',
    ],
  ])('are rejected by the name of their variable: %s', (_, env, message) => {
    expect(() => parse(env)).toThrow(message);
  });

  it.each([
    { OVEN_MIN: 'cold', OVEN_MAX: '9' },
    { OVEN_MIN: '300', OVEN_MAX: 'hot' },
  ])('are not compared with an invalid option: %j', (env) => {
    expect(() => parse(env)).toThrow(/valid:\n {2}[^\n]+received NaN$/);
  });

  it('keep their secrets', () => {
    expect(redactConfig(schema, parse({ OVEN_CODE: '12345' }))).toMatchObject({ OVEN_CODE: '(redacted)' });
    expect(exampleEnv('bakery', schema)).toContain('# OVEN_CODE_FILE=\n');
  });

  it('are described by the names of their variables', () => {
    expect(exampleEnv('bakery', schema)).toContain('# Lowest temperature, below OVEN_MAX.\n# OVEN_MIN=50\n');
  });
});

it('lists options with default, range and meaning', () => {
  expect(optionTable(oven).split('\n')).toEqual([
    '| option | default | range | meaning |',
    '|---|---|---|---|',
    '| `minDegrees` | `50` | 0 to 300 | Lowest temperature, below `maxDegrees`. |',
    '| `maxDegrees` | `250` | 0 to 300 | Highest temperature. |',
    '| `fan` | `false` | `true`, `false` | Circulates the air. |',
    '| `mode` | `bake` | `bake`, `grill` | Heating element. |',
    '| `code` |  | at least 4 characters | Unlocks the door. |',
  ]);
});
