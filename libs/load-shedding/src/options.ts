import type { Clock, Logger, Priority, Random } from '@film-store/core';
import { z } from 'zod';
import type { LoadShedder, RequestClass, ShedReason } from './load-shedder.ts';
import type { OverloadEvent } from './overload-episodes.ts';

const limit = z.int().min(1).max(100_000);
const milliseconds = z.int().min(1).max(600_000);

// Not strict, because the options of a plugin or a middleware have further members.
const shape = z.object({
  strategy: z
    .enum(['adaptive', 'fixed', 'off'])
    .default('adaptive')
    .describe(
      'Limit on concurrent requests: `adaptive` follows the latency, `fixed` stays at `initialLimit`, `off` disables load shedding.',
    ),
  initialLimit: limit.default(20).describe('Concurrent requests that are admitted at the start.'),
  minLimit: limit.default(4).describe('Lowest value of the adaptive limit.'),
  maxLimit: limit.default(1000).describe('Highest value of the adaptive limit.'),
  queueCapacity: z.int().min(0).max(100_000).default(100).describe('Requests that may wait for a permit.'),
  queueTargetMs: milliseconds
    .default(5)
    .describe('Longest time in milliseconds that a request may wait during an overload.'),
  queueIntervalMs: milliseconds
    .default(100)
    .describe(
      'Longest time in milliseconds that a request may wait in a burst. A queue that persists longer is an overload.',
    ),
  eventLoopDelayMs: milliseconds
    .default(100)
    .describe(
      'Event loop delay in milliseconds (p99 of 2 s) above which fewer sheddable requests are admitted; above twice this value, fewer normal ones.',
    ),
});

export type LoadSheddingSettings = z.infer<typeof shape>;

export const loadSheddingOptions = shape.refine(({ minLimit, maxLimit }) => !(minLimit > maxLimit), {
  path: ['minLimit'],
  message: 'must not exceed `maxLimit`',
  // Reports the error together with all other errors.
  when: () => true,
});

export const LOAD_SHEDDING_DEFAULTS: LoadSheddingSettings = loadSheddingOptions.parse({});

export interface LoadSheddingOptions extends Partial<LoadSheddingSettings> {
  /** Receives the start and the end of each overload episode. @default nothing */
  readonly onOverload?: (event: OverloadEvent) => void;
  /** Logs overload episodes. @default no log */
  readonly logger?: Partial<Pick<Logger, 'info' | 'warn'>>;
  /** @default the system's clock */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
}

export interface ShedRequest {
  readonly status: number;
  readonly priority: Priority;
  readonly reason: ShedReason;
}

export interface ServerOptions<Request> extends LoadSheddingOptions {
  /** @default a new shedder with the other options */
  readonly shedder?: LoadShedder;
  /** Returns the class of a request; `undefined`: it needs no permit. @default priority `normal`, no deadline */
  readonly classify?: (request: Request) => RequestClass | undefined;
  /** Receives every request that is shed, before its response is sent. @default nothing */
  readonly onShed?: (request: Request, shed: ShedRequest) => void;
}

export const classifyAsNormal = (): RequestClass => ({ priority: 'normal', deadline: Infinity });
