import type { Clock } from '@film-store/core';
import type { OverloadEvent } from './overload-episodes.ts';

/** How many requests a service takes. */
export interface LoadSheddingSettings {
  /** `adaptive`: the limit follows latency. `fixed`: it stays at `initialLimit`. `off`: every request is admitted. @default 'adaptive' */
  readonly strategy: 'adaptive' | 'fixed' | 'off';
  /** Requests in flight at start. Range 1 to 100,000. @default 20 */
  readonly initialLimit: number;
  /** Lowest adaptive limit. Range 1 to 100,000. @default 4 */
  readonly minLimit: number;
  /** Highest adaptive limit. Range 1 to 100,000. @default 1000 */
  readonly maxLimit: number;
  /** Requests that may wait for a permit. Range 0 to 100,000. @default 100 */
  readonly queueCapacity: number;
  /** Longest wait in an overload, in milliseconds. Range 1 to 600,000. @default 5 */
  readonly queueTargetMs: number;
  /** Longest wait in a burst, in milliseconds; a queue that lasts longer is an overload. Range 1 to 600,000. @default 100 */
  readonly queueIntervalMs: number;
  /**
   * Event-loop delay (99th percentile of 2 s) above which fewer sheddable requests are admitted, in milliseconds. Above
   * twice the delay, fewer normal requests are admitted too. Range 1 to 600,000. @default 100
   */
  readonly eventLoopDelayMs: number;
}

export const LOAD_SHEDDING_DEFAULTS: LoadSheddingSettings = {
  strategy: 'adaptive',
  initialLimit: 20,
  minLimit: 4,
  maxLimit: 1000,
  queueCapacity: 100,
  queueTargetMs: 5,
  queueIntervalMs: 100,
  eventLoopDelayMs: 100,
};

export interface LoadSheddingOptions extends Partial<LoadSheddingSettings> {
  /** Receives the start and the end of each overload episode. @default nothing */
  readonly onOverload?: (event: OverloadEvent) => void;
  /** Logs overload episodes. @default no log */
  readonly logger?: { warn(message: string): void; info?(message: string): void };
  /** @default the system's clock */
  readonly clock?: Clock;
  /** Returns numbers from 0 up to but not including 1, uniform. @default Math.random */
  readonly random?: () => number;
}

/** Calls both, the callback and the logger, for an overload event. */
export function reportOverload({ onOverload, logger }: LoadSheddingOptions, event: OverloadEvent): void {
  onOverload?.(event);
  switch (event.event) {
    case 'began':
      logger?.warn('overload began, requests are shed');
      return;
    case 'ended':
      logger?.info?.(`overload ended, ${event.refused} requests were shed`);
      return;
    default:
      event satisfies never;
  }
}
