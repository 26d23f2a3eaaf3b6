import { expect, it } from 'vitest';
import { z } from 'zod';
import { overloadConfig, overloadSettings } from './settings.ts';

const schema = z.object(overloadConfig({ LIMIT_MIN: 50 }));

it('has a default for everything, a service its own', () => {
  expect(overloadSettings(schema.parse({ OVERLOAD_QUEUE: '0' }))).toEqual({
    STRATEGY: 'adaptive',
    LIMIT_INITIAL: 20,
    LIMIT_MIN: 50,
    LIMIT_MAX: 1000,
    QUEUE: 0,
    QUEUE_TARGET_MS: 5,
    QUEUE_INTERVAL_MS: 100,
    LOOP_DELAY_MS: 100,
  });
});

it.each([
  ['OVERLOAD_STRATEGY', 'clever'],
  ['OVERLOAD_LIMIT_INITIAL', '0'],
  ['OVERLOAD_LIMIT_MIN', '0'],
  ['OVERLOAD_LIMIT_MAX', '100001'],
  ['OVERLOAD_QUEUE', '-1'],
  ['OVERLOAD_QUEUE_TARGET_MS', '0'],
  ['OVERLOAD_LOOP_DELAY_MS', 'soon'],
])('%s=%s is refused by its name', (name, value) => {
  expect(schema.safeParse({ [name]: value }).error?.issues.map(({ path }) => path)).toEqual([[name]]);
});
