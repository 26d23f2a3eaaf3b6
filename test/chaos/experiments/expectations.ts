import type { DegradationReason } from '@film-store/degradation';
import { called, degradable } from '../../../deploy/local/services.ts';
import { toCamelCase } from '../../../deploy/platform/derived.ts';
import { BREAKER_MS } from '../store/start-store.ts';

/** Reasons why a part may be degraded while its upstream is slow, unreachable, hangs, fails or is isolated. */
export const UNREACHABLE: readonly DegradationReason[] = [
  'timeout',
  'breaker-open',
  'bulkhead-full',
  'unreachable',
  'upstream-error',
];

/** Returns the part of a page that lacks its data while a service fails. */
export const toFeature = (service: string): string =>
  service === 'catalog' ? 'product' : toCamelCase(service);

const areUnreachable = (parts: readonly string[]): Record<string, readonly DegradationReason[]> =>
  Object.fromEntries(parts.map((part) => [part, UNREACHABLE]));

/** The parts that lack data while a service fails that pages can do without. The home page has `featured`. */
export const OPTIONAL_PARTS = areUnreachable([...degradable.map(toFeature), 'featured']);
/** The parts that lack data while any service fails. */
export const ALL_PARTS = areUnreachable([...called.map(toFeature), 'featured']);

/** Longest recovery in seconds: the longest opening of the breaker, and 6 s. */
export const WHOLE_AGAIN_S = BREAKER_MS.resetMax / 1000 + 6;

/** The same for a killed service, which must start first on a busy machine. */
export const STARTED_AGAIN_S = WHOLE_AGAIN_S + 15;

/**
 * Expected amplification for ten seconds with about 20 calls each: a tenth of the calls plus 30 attempts may be
 * retries, which gives 1.25. Three attempts without a budget would give 3.
 */
export const AMPLIFIED = 1.3;

/**
 * Smallest fraction of reads with a page in time. An experiment of the ladder has about 400 reads, too few to measure
 * the 99.9 % that `availability` expects of 8,000: two may fail. On a busy machine the gateway rejects requests that it
 * has no time for, whatever is broken.
 */
export const SERVED = 0.995;
