import { Module } from '@nestjs/common';
import { ResilientHttpModule } from '@film-store/resilience/axios';
import { CatalogModule } from '../catalog/catalog.module.ts';
import { PollingModule } from '../polling/polling.module.ts';
import { RecommendationsModule } from '../recommendations/recommendations.module.ts';
import { FilmsClient } from './films.client.ts';
import { FilmsRepository } from './films.repository.ts';
import { FilmsService } from './films.service.ts';

@Module({
  imports: [
    CatalogModule,
    ResilientHttpModule.register({ upstream: 'catalog' }),
    PollingModule,
    RecommendationsModule,
  ],
  providers: [FilmsClient, FilmsRepository, FilmsService],
})
export class FilmsModule {}
