import { faultScenarios } from '@film-store/contracts';
import { defineService } from '@film-store/service';
import { AppModule } from './app.module.ts';
import { newServiceConfig } from './new-service.config.ts';

export const newService = defineService({
  name: 'new-service',
  config: newServiceConfig,
  module: AppModule,
  // #region part: faults
  scenarios: faultScenarios,
  // #endregion part: faults
});
