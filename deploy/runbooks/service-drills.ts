import type { Platform } from '../platform/define-platform.ts';
import { findCallers, publicService } from '../platform/derived.ts';
import { type Step, begin, holdClosed, inBackground, read } from './steps.ts';

/** The drills in the runbook of a service. */
export interface ServiceDrills {
  /** Makes ServiceObjectiveMissed fire. A service without callers has none, and without the part `faults` no service has one. */
  readonly slow?: readonly Step[];
  /** Takes the service away from its callers, or from everyone if it has none. */
  readonly down: readonly Step[];
}

/** Derives the drills of a service from its callers. */
export function toServiceDrills(platform: Platform, name: string): ServiceDrills {
  const callers = findCallers(platform, name).flatMap((caller) => platform.services[caller.name] ?? []);
  if (callers.length === 0 || !platform.parts.includes('faults'))
    return { down: [{ does: 'demo', command: `stop ${name}` }] };
  const main = publicService(platform);
  const nearest = callers.find(({ port }) => port === main.port) ?? callers[0];
  return {
    slow: [holdClosed(name, nearest?.port), begin(`${name}-slow`), read(10)],
    down: [inBackground(read(10)), begin(`${name}-down`)],
  };
}
