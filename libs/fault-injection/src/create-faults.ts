import type { Clock, FaultPoints, FaultRecorder, Logger } from '@film-store/core';
import {
  ActiveFaults,
  type ActiveFaultsOptions,
  type FaultChange,
  type InjectedFault,
} from './active-faults.ts';
import type { FaultTarget } from './fault.ts';
import { injectIntoExchange, injectIntoWork } from './outbound.ts';
import { recordInjectedFault } from './record-injected-fault.ts';

export interface CreateFaultsOptions extends Pick<ActiveFaultsOptions, 'service' | 'clock' | 'isExempt'> {
  /** Logs the start and the end of each fault. */
  readonly logger: Logger;
}

/** Creates the faults of a service. None is active at first. */
export const createFaults = ({ logger, ...options }: CreateFaultsOptions): ActiveFaults =>
  new ActiveFaults({ ...options, random: Math.random, onChange: (change) => logChange(logger, change) });

export function createFaultPoints(faults: ActiveFaults, clock: Clock): FaultPoints {
  const inject = (target: FaultTarget, span?: FaultRecorder): InjectedFault | undefined => {
    const injected = faults.inject(target);
    if (injected) recordInjectedFault(injected, span);
    return injected;
  };
  return {
    exchange: (attempt, send) => {
      const injected = inject(attempt, attempt.span);
      return injected ? injectIntoExchange(injected.effect, { ...attempt, clock }, send) : send();
    },
    work: (attempt, work) => {
      const injected = inject(attempt);
      return injected ? injectIntoWork(injected.effect, { ...attempt, clock }, work) : work();
    },
    isUnavailable: (point) => inject({ point }) !== undefined,
  };
}

function logChange(logger: Logger, change: FaultChange): void {
  const { id, scenario, fault, remainingMs } = change.fault;
  const { point, kind } = fault;
  const fields = { fault: id, scenario, point, kind };
  if (change.event === 'started')
    logger.warn({ event: 'fault.started', ...fields, ttlMs: remainingMs }, `injects ${kind} at ${point}`);
  else logger.info({ event: 'fault.ended', ...fields, reason: change.reason }, `stopped ${kind} at ${point}`);
}
