import type { DegradationReason } from '#libs/contracts';
import { BREAKER_MS } from '../store/start-store.ts';

/** Why a part is not the best there is while its upstream is slow, gone, hangs, fails or is never asked. */
export const AWAY: readonly DegradationReason[] = [
  'timeout',
  'breaker-open',
  'bulkhead-full',
  'unreachable',
  'upstream-error',
];

/** Beyond the breaker's own times, in seconds: a killed service is started again, on a machine that has other work. */
const START_S = 15;

/** How soon answers are to be whole again, in seconds: two openings of the breaker at most, its ramp, and a start. */
export const WHOLE_AGAIN_S = (2 * BREAKER_MS.resetMax + BREAKER_MS.ramp) / 1000 + START_S;

/**
 * Of ten seconds with some 20 calls each: a tenth of the calls may be made again, and 30 attempts besides, which makes
 * 1.25. Three tries without a budget would be 3.
 */
export const AMPLIFIED = 1.3;

/**
 * Smallest share of the reads of one fault that a page has to be answered to in time: two of some 400 may fail. What
 * waits for an upstream that hangs has a tenth of a second left for its fallback, and a busy machine takes that at times.
 */
export const SERVED = 0.995;
