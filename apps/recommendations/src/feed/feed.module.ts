import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.ts';
import { DatabaseModule } from '../database/database.module.ts';
import { PollingModule } from '../polling/polling.module.ts';
import { RecommendationsModule } from '../recommendations/recommendations.module.ts';
import { FeedService } from './feed.service.ts';

@Module({
  imports: [CatalogModule, DatabaseModule, PollingModule, RecommendationsModule],
  providers: [FeedService],
})
export class FeedModule {}
