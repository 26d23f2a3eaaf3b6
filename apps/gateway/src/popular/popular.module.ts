import { Module, type Type } from '@nestjs/common';
import type { LastKnownGood } from '@film-store/degradation';
import { CatalogClient } from '../catalog/catalog.client.ts';
import { CatalogModule } from '../catalog/catalog.module.ts';
import { LAST_KNOWN_GOOD, LastKnownGoodModule } from '../last-known-good/last-known-good.module.ts';
import { RecommendationsClient } from '../recommendations/recommendations.client.ts';
import { RecommendationsModule } from '../recommendations/recommendations.module.ts';
import { PopularFilms, type PopularSource } from './popular-films.ts';

/** Best source first. Catalog is last, because every page needs it; the others are optional. */
const sources: readonly Type<PopularSource>[] = [RecommendationsClient, CatalogClient];

@Module({
  imports: [CatalogModule, LastKnownGoodModule, RecommendationsModule],
  providers: [
    {
      provide: PopularFilms,
      inject: [LAST_KNOWN_GOOD, ...sources],
      useFactory: (lastKnownGood: LastKnownGood, ...clients: [PopularSource, ...PopularSource[]]) =>
        new PopularFilms(clients, lastKnownGood),
    },
  ],
  exports: [PopularFilms],
})
export class PopularModule {}
