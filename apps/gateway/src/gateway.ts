import { faultScenarios } from '@film-store/contracts';
import { defineService } from '@film-store/service';
import { gatewayConfig } from './gateway.config.ts';
import { AppModule } from './app.module.ts';

export const gateway = defineService({
  name: 'gateway',
  config: gatewayConfig,
  module: AppModule,
  trust: 'public',
  scenarios: faultScenarios,
  peers: ['catalog', 'recommendations'],
  operatorRoutes: ['/', '/control-room'],
  docs: {
    title: 'Film store',
    description:
      'The public API of the film store. Every error is a problem (RFC 9457) with a request id. An answer that is not ' +
      'the best the store can give is still a 200: its `degraded` list and its `X-Degraded` header say what is ' +
      'missing, why, and where the value came from instead.',
  },
});
