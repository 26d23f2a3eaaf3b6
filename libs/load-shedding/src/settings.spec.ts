import { expect, it } from 'vitest';
import { z } from 'zod';
import { overloadConfig, overloadSettings } from './settings.ts';

const schema = z.object(overloadConfig({ minLimit: 50 }));

it('has a default for everything, a service its own', () => {
  expect(overloadSettings(schema.parse({ OVERLOAD_QUEUE: '0' }))).toEqual({
    strategy: 'adaptive',
    initialLimit: 20,
    minLimit: 50,
    maxLimit: 1000,
    queueCapacity: 0,
    queueTargetMs: 5,
    queueIntervalMs: 100,
    eventLoopDelayMs: 100,
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
