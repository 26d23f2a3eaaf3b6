import type { FailureStatus, Fault } from './fault.ts';
import type { Random } from '@film-store/core';

/** What a fault does to one thing that passes: its chances are drawn. Durations are in milliseconds. */
export type Effect =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: FailureStatus }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'slow-body'; readonly ms: number }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'garbage' };

/** `undefined`: it does nothing this time. */
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
    case 'hang':
    case 'reset':
    case 'truncate':
    case 'garbage':
      return { kind: fault.kind };
    default:
      return fault satisfies never;
  }
}
