import { ActiveFaults, type FaultChange, type InjectedFault } from './active-faults.ts';
import type { FaultTarget } from './fault.ts';
import { injectIntoExchange, injectIntoWork } from './outbound.ts';
import { recordInjectedFault } from './record-injected-fault.ts';
import type { Clock, FaultPoints, Logger } from '@film-store/core';

/** The faults of a service, none at first; each is logged once when it begins and once when it ends. */
export const createFaults = (service: string, logger: Logger, clock: Clock): ActiveFaults =>
  new ActiveFaults({
    service,
    clock,
    random: Math.random,
    onChange: (change) => logChange(logger, change),
  });

/** The outbound fault points of a service. */
export function faultPointsOf(faults: ActiveFaults, clock: Clock): FaultPoints {
  const inject = (
    target: FaultTarget,
    span?: Parameters<typeof recordInjectedFault>[1],
  ): InjectedFault | undefined => {
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
  const fields = { fault: id, scenario, point: fault.point, kind: fault.kind };
  switch (change.event) {
    case 'began':
      logger.warn(
        { event: 'fault.started', ...fields, ttlMs: remainingMs },
        `${fault.kind} at ${fault.point} on purpose`,
      );
      return;
    case 'ended':
      logger.info(
        { event: 'fault.ended', ...fields, why: change.why },
        `no more ${fault.kind} at ${fault.point}`,
      );
      return;
    default:
      change satisfies never;
  }
}
