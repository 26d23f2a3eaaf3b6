import { Injectable } from '@nestjs/common';
import type { Product, RecommendedProducts } from '@film-store/contracts';
import {
  FeatureDisabled,
  type Source,
  firstAvailable,
  startDegradedSeries,
  toDegradations,
} from '@film-store/degradation';
import { Flags, booleanFlag, flagDegradations } from '@film-store/feature-flags';
import { toListBody } from '../api/to-list-body.ts';
import { PopularFilms } from '../popular/popular-films.ts';
import type { LoadedPart, PagePart } from '../products/page-part.ts';
import { RecommendationsClient } from './recommendations.client.ts';

type SourceName = RecommendedProducts['source'];

const RECOMMENDED = 6;
const NO_RECOMMENDATIONS: { readonly name: 'none'; readonly value: Product[] } = { name: 'none', value: [] };

/** Disabled by default: popular films fit every page, and a feature that an operator disabled must stay disabled. */
export const personalizedRecommendations = booleanFlag('recommendations.personalized', {
  default: false,
  description: 'Shows films similar to the product on its page. If disabled, shows popular films.',
});

/** Recommends films similar to a product, or popular films as a fallback, without the product itself. */
@Injectable()
export class RecommendationsPart implements PagePart<'recommendations', RecommendedProducts> {
  readonly feature = 'recommendations';

  constructor(
    private readonly recommendations: RecommendationsClient,
    private readonly popular: PopularFilms,
    private readonly flags: Flags,
  ) {
    startDegradedSeries(this.feature, ['popular', 'none']);
    startDegradedSeries('flags', ['default']);
  }

  async load(productId: string): Promise<LoadedPart<RecommendedProducts>> {
    const personal = await this.flags.boolean(personalizedRecommendations, { targetingKey: productId });
    const fallbacks = this.popular.fallbacks(RECOMMENDED + 1);
    const films = await firstAvailable<Product[], SourceName>(
      [
        this.#personalized(productId, personal.value),
        ...fallbacks.map((source) => withoutProduct(source, productId)),
      ],
      NO_RECOMMENDATIONS,
    );
    return {
      body: toListBody(films),
      degraded: [...flagDegradations(personal), ...toDegradations(this.feature, films)],
    };
  }

  #personalized(productId: string, enabled: boolean): Source<Product[], 'personalized'> {
    return {
      name: 'personalized',
      read: async () => {
        if (!enabled) throw new FeatureDisabled();
        return { value: await this.recommendations.forProduct(productId, RECOMMENDED) };
      },
    };
  }
}

const withoutProduct = (
  { name, read }: Source<Product[], 'popular'>,
  productId: string,
): Source<Product[], 'popular'> => ({
  name,
  read: async () => {
    const films = await read();
    return (
      films && { ...films, value: films.value.filter(({ id }) => id !== productId).slice(0, RECOMMENDED) }
    );
  },
});
