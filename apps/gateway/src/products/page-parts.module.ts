import { Module, type Type } from '@nestjs/common';
import type { PageFeature, PagePartBodies } from '@film-store/contracts';
import { RecommendationsPart } from '../recommendations/recommendations.part.ts';
import { RecommendationsPartModule } from '../recommendations/recommendations-part.module.ts';
import type { PagePart } from './page-part.ts';
import { type AnyPagePart, PageParts } from './page-parts.ts';

/** The parts, in the order of the page and of its `degraded` list. */
const parts: { readonly [Feature in PageFeature]: Type<PagePart<Feature, PagePartBodies[Feature]>> } = {
  recommendations: RecommendationsPart,
};

@Module({
  imports: [RecommendationsPartModule],
  providers: [
    {
      provide: PageParts,
      inject: Object.values(parts),
      useFactory: (...loaders: AnyPagePart[]) => new PageParts(loaders),
    },
  ],
  exports: [PageParts],
})
export class PagePartsModule {}
