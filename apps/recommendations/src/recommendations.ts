import { faultScenarios } from '@film-store/contracts';
import { defineService } from '@film-store/service';
import { recommendationsConfig } from './recommendations.config.ts';
import { AppModule } from './app.module.ts';

/** The service that recommends similar and popular films. */
export const recommendations = defineService({
  name: 'recommendations',
  config: recommendationsConfig,
  module: AppModule,
  // #region part: faults
  scenarios: faultScenarios,
  // #endregion part: faults
});
