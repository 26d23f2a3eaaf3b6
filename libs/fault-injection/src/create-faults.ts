import type { Logger } from 'pino';
import { ActiveFaults, type FaultChange, type Strike } from './active-faults.ts';
import type { Passing } from './fault.ts';
import { strikeExchange, strikeWork } from './outbound.ts';
import { tellStrike } from './tell.ts';
import type { Clock, FaultPoints } from '@film-store/core';

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
  const strike = (passing: Passing, span?: Parameters<typeof tellStrike>[1]): Strike | undefined => {
    const struck = faults.strike(passing);
    if (struck) tellStrike(struck, span);
    return struck;
  };
  return {
    exchange: (departure, send) => {
      const struck = strike(departure, departure.span);
      return struck ? strikeExchange(struck.effect, { ...departure, clock }, send) : send();
    },
    work: (departure, work) => {
      const struck = strike(departure);
      return struck ? strikeWork(struck.effect, { ...departure, clock }, work) : work();
    },
    isAway: (point) => strike({ point }) !== undefined,
  };
}

function logChange(logger: Logger, change: FaultChange): void {
  const { id, scenario, fault, remainingMs } = change.fault;
  const fields = { fault: id, scenario, point: fault.point, kind: fault.kind };
  switch (change.event) {
    case 'began':
      logger.warn(
        { event: 'fault.began', ...fields, ttlMs: remainingMs },
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
