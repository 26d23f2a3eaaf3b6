import { Module } from '@nestjs/common';
import { ResilientHttpModule } from '@film-store/resilience/axios';
import { CatalogModule } from '../catalog/catalog.module.ts';
import { DatabaseModule } from '../database/database.module.ts';
import { PollingModule } from '../polling/polling.module.ts';
import { RecommendationsModule } from '../recommendations/recommendations.module.ts';
import { FilmsClient } from './films.client.ts';
import { FilmsService } from './films.service.ts';

@Module({
  imports: [
    CatalogModule,
    ResilientHttpModule.register({ upstream: 'catalog' }),
    DatabaseModule,
    PollingModule,
    RecommendationsModule,
  ],
  providers: [FilmsClient, FilmsService],
})
export class FilmsModule {}
