import { z } from 'zod';
import { LOAD_SHEDDING_DEFAULTS, type LoadSheddingSettings } from './options.ts';

const strategies = ['adaptive', 'fixed', 'off'] as const;

/** The end of the variable that sets an option. */
const NAMES = {
  strategy: 'STRATEGY',
  initialLimit: 'LIMIT_INITIAL',
  minLimit: 'LIMIT_MIN',
  maxLimit: 'LIMIT_MAX',
  queueCapacity: 'QUEUE',
  queueTargetMs: 'QUEUE_TARGET_MS',
  queueIntervalMs: 'QUEUE_INTERVAL_MS',
  eventLoopDelayMs: 'LOOP_DELAY_MS',
} as const;

const limit = z.coerce.number().int().min(1).max(100_000);
const milliseconds = z.coerce.number().int().min(1).max(600_000);

const shape = {
  strategy: z.enum(strategies).describe(`How the requests in flight are limited: ${strategies.join(', ')}.`),
  initialLimit: limit.describe('Requests in flight at start; with the strategy `fixed`, for good.'),
  minLimit: limit.describe('Lowest adaptive limit.'),
  maxLimit: limit.describe('Highest adaptive limit.'),
  queueCapacity: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .describe('Requests that may wait for a place in flight.'),
  queueTargetMs: milliseconds.describe('How long one may wait while there is overload.'),
  queueIntervalMs: milliseconds.describe(
    'How long one may wait in a burst; a queue that lasts longer is overload.',
  ),
  eventLoopDelayMs: milliseconds.describe(
    'Delay of the event loop (p99 of 2 s) above which fewer sheddable requests are let in; above twice that, fewer normal ones.',
  ),
} satisfies { [K in keyof LoadSheddingSettings]: z.ZodType<LoadSheddingSettings[K]> };

type Shape = typeof shape;
type Variables = { [K in keyof Shape as `OVERLOAD_${(typeof NAMES)[K]}`]: z.ZodPrefault<Shape[K]> };

interface LimitBounds {
  readonly OVERLOAD_LIMIT_MIN: number;
  readonly OVERLOAD_LIMIT_MAX: number;
}

/** The variables `OVERLOAD_<SETTING>`, to extend a service's configuration with. */
export function overloadConfig(own: Partial<LoadSheddingSettings> = {}): Variables {
  const defaults = { ...LOAD_SHEDDING_DEFAULTS, ...own };
  const entries = Object.entries(shape).map(([setting, schema]) => [
    `OVERLOAD_${NAMES[setting as keyof Shape]}`,
    // As it would be written in the environment, so that the example of one shows it.
    (schema as z.ZodType).prefault(String(defaults[setting as keyof LoadSheddingSettings])),
  ]);
  return Object.fromEntries(entries) as Variables;
}

/** Whether the lowest limit of a configuration is at most its highest; `true` where one of them is no number. */
export const limitsInOrder = ({ OVERLOAD_LIMIT_MIN: min, OVERLOAD_LIMIT_MAX: max }: LimitBounds): boolean =>
  !(min > max);

/** Returns the settings in a service's configuration, which `overloadConfig` is a part of. */
export const overloadSettings = (config: Readonly<Record<string, unknown>>): LoadSheddingSettings =>
  Object.fromEntries(
    Object.keys(shape).map((setting) => [setting, config[`OVERLOAD_${NAMES[setting as keyof Shape]}`]]),
  ) as unknown as LoadSheddingSettings;
