import { faultScenarios, platformServices } from '@film-store/contracts';
import { defineService } from '@film-store/service';
import { controlRoomRoutes } from './control-room/control-room.config.ts';
import { gatewayConfig } from './gateway.config.ts';
import { AppModule } from './app.module.ts';

export const gateway = defineService({
  name: 'gateway',
  config: gatewayConfig,
  module: AppModule,
  trust: 'public',
  // #region part: faults
  scenarios: faultScenarios,
  // #endregion part: faults
  peers: Object.keys(platformServices.gateway.calls),
  operatorRoutes: controlRoomRoutes,
  docs: {
    title: 'Film store',
    description:
      'The public API of the film store. Every error is a problem (RFC 9457) with a request id. A degraded response has ' +
      'status 200. Its `degraded` list and its `X-Degraded` header name each degraded feature, the reason, and the source ' +
      'of the value.',
  },
});
