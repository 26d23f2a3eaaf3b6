import type { Random } from '@film-store/core';
import type { FailureStatus, Fault } from './fault.ts';

/** The effect of a fault on one call, after its probability and its jitter are drawn. Durations are in milliseconds. */
export type Effect =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: FailureStatus }
  | { readonly kind: 'hang' | 'reset' }
  | { readonly kind: 'slow-body'; readonly ms: number }
  | { readonly kind: 'truncate' | 'garbage' };

/** Returns `undefined` if the fault does not affect this call. */
export function drawEffect(fault: Fault, random: Random): Effect | undefined {
  if (fault.probability !== undefined && random() >= fault.probability) return undefined;
  switch (fault.kind) {
    case 'delay': {
      const jitterMs = Math.min(fault.jitterMs ?? 0, fault.ms);
      return { kind: 'delay', ms: fault.ms + (jitterMs === 0 ? 0 : jitterMs * (2 * random() - 1)) };
    }
    case 'status':
      return { kind: 'status', status: fault.status };
    case 'slow-body':
      return { kind: 'slow-body', ms: fault.ms };
    default:
      return { kind: fault.kind };
  }
}
