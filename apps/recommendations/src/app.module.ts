import { Module } from '@nestjs/common';
import { FeedModule } from './feed/feed.module.ts';
import { FilmsModule } from './films/films.module.ts';
import { RecommendationsModule } from './recommendations/recommendations.module.ts';

@Module({ imports: [FilmsModule, FeedModule, RecommendationsModule] })
export class AppModule {}
