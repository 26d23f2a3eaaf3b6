import { z } from 'zod';

const strategies = ['adaptive', 'fixed', 'off'] as const;

/** The settings of what is let in, by the end of the variable that sets them. */
export interface OverloadSettings {
  readonly STRATEGY: (typeof strategies)[number];
  readonly LIMIT_INITIAL: number;
  readonly LIMIT_MIN: number;
  readonly LIMIT_MAX: number;
  readonly QUEUE: number;
  readonly QUEUE_TARGET_MS: number;
  readonly QUEUE_INTERVAL_MS: number;
  readonly LOOP_DELAY_MS: number;
}

export const overloadDefaults: OverloadSettings = {
  STRATEGY: 'adaptive',
  LIMIT_INITIAL: 20,
  LIMIT_MIN: 4,
  LIMIT_MAX: 1000,
  QUEUE: 100,
  QUEUE_TARGET_MS: 5,
  QUEUE_INTERVAL_MS: 100,
  LOOP_DELAY_MS: 100,
};

const limit = z.coerce.number().int().min(1).max(100_000);
const milliseconds = z.coerce.number().int().min(1).max(600_000);

const shape = {
  STRATEGY: z.enum(strategies).describe(`How the requests in flight are limited: ${strategies.join(', ')}.`),
  LIMIT_INITIAL: limit.describe('Requests in flight at start; with the strategy `fixed`, for good.'),
  LIMIT_MIN: limit.describe('Lowest adaptive limit.'),
  LIMIT_MAX: limit.describe('Highest adaptive limit.'),
  QUEUE: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .describe('Requests that may wait for a place in flight.'),
  QUEUE_TARGET_MS: milliseconds.describe('How long one may wait while there is overload.'),
  QUEUE_INTERVAL_MS: milliseconds.describe(
    'How long one may wait in a burst; a queue that lasts longer is overload.',
  ),
  LOOP_DELAY_MS: milliseconds.describe(
    'Delay of the event loop (p99 of 2 s) above which fewer sheddable requests are let in; above twice that, fewer normal ones.',
  ),
} satisfies { [K in keyof OverloadSettings]: z.ZodType<OverloadSettings[K]> };

type Shape = typeof shape;
type Variables = { [K in keyof Shape as `OVERLOAD_${K}`]: z.ZodPrefault<Shape[K]> };

interface LimitBounds {
  readonly OVERLOAD_LIMIT_MIN: number;
  readonly OVERLOAD_LIMIT_MAX: number;
}

/** The variables `OVERLOAD_<SETTING>`, to extend a service's configuration with. */
export function overloadConfig(own: Partial<OverloadSettings> = {}): Variables {
  const defaults = { ...overloadDefaults, ...own };
  const entries = Object.entries(shape).map(([setting, schema]) => [
    `OVERLOAD_${setting}`,
    // As it would be written in the environment, so that the example of one shows it.
    (schema as z.ZodType).prefault(String(defaults[setting as keyof OverloadSettings])),
  ]);
  return Object.fromEntries(entries) as Variables;
}

/** Whether the lowest limit of a configuration is at most its highest; `true` where one of them is no number. */
export const limitsInOrder = ({ OVERLOAD_LIMIT_MIN: min, OVERLOAD_LIMIT_MAX: max }: LimitBounds): boolean =>
  !(min > max);

/** The settings out of a service's configuration, which `overloadConfig` is a part of. */
export const overloadSettings = (config: Readonly<Record<string, unknown>>): OverloadSettings =>
  Object.fromEntries(
    Object.keys(shape).map((setting) => [setting, config[`OVERLOAD_${setting}`]]),
  ) as unknown as OverloadSettings;
