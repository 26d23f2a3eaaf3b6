import { faultScenarios } from '@film-store/contracts';
import { defineService } from '@film-store/service';
import { catalogConfig } from './catalog.config.ts';
import { AppModule } from './app.module.ts';

export const catalog = defineService({
  name: 'catalog',
  config: catalogConfig,
  module: AppModule,
  // #region part: faults
  scenarios: faultScenarios,
  // #endregion part: faults
});
