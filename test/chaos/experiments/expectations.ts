import type { DegradationReason } from '@film-store/degradation';
import { BREAKER_MS } from '../store/start-store.ts';

/** Why a part is not the best there is while its upstream is slow, gone, hangs, fails or is never asked. */
export const AWAY: readonly DegradationReason[] = [
  'timeout',
  'breaker-open',
  'bulkhead-full',
  'unreachable',
  'upstream-error',
];

/** How soon answers are to be whole again, in seconds: an opening of the breaker, the longest there is, and 6 s. */
export const WHOLE_AGAIN_S = BREAKER_MS.resetMax / 1000 + 6;

/** The same, where a service that was killed has to be started first, on a machine that has other work. */
export const STARTED_AGAIN_S = WHOLE_AGAIN_S + 15;

/**
 * Of ten seconds with some 20 calls each: a tenth of the calls may be made again, and 30 attempts besides, which makes
 * 1.25. Three tries without a budget would be 3.
 */
export const AMPLIFIED = 1.3;

/**
 * Smallest share of the reads of a rung that a page has to be answered to in time. These are some 400, too few to tell
 * the 99.9 % by that `availability` asks of 8,000: two may fail. A ladder that held showed none; where others take
 * the processors, the gateway refuses what it has no time for, whatever is broken.
 */
export const SERVED = 0.995;
