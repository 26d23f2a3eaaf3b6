import { LifecycleState, systemClock } from '@film-store/core';
import { createFaults } from '@film-store/fault-injection';
import { EarlyResponses, InFlightHandlers, type Routes, type Trust } from '@film-store/http-server';
import { createLoadShedder } from '@film-store/load-shedding';
import { ResponseCounts } from '@film-store/ops';
import { createLogger } from '@film-store/telemetry';
import type { ServiceConfig } from './config.ts';
import { toLoadSheddingOptions } from './environment.ts';

/** Creates the objects that the plugins and the modules of a service share. */
export function createParts(name: string, trust: Trust, config: ServiceConfig) {
  const logger = createLogger(name, config.LOG_LEVEL);
  const routes: Routes = new Map();
  const phase = new LifecycleState();
  return {
    name,
    trust,
    config,
    logger,
    routes,
    phase,
    early: new EarlyResponses(trust, phase),
    responseCounts: new ResponseCounts(),
    handlers: new InFlightHandlers(),
    /** Requests whose access line and metrics are not recorded yet. */
    unrecorded: new InFlightHandlers(),
    shedder: createLoadShedder({ ...toLoadSheddingOptions(config), logger }),
    // #region part: faults
    /** `undefined`: the service has no fault points. */
    faults: config.FAULTS_ENABLED
      ? createFaults({
          service: name,
          logger,
          clock: systemClock,
          isExempt: (path) => path.startsWith('/ops/'),
        })
      : undefined,
    // #endregion part: faults
  };
}

export type ServiceParts = ReturnType<typeof createParts>;
