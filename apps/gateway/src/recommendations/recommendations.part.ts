import { Injectable } from '@nestjs/common';
import type { Product, RecommendedProducts } from '@film-store/contracts';
import { type Source, firstAvailable, startDegradedSeries, toDegradations } from '@film-store/degradation';
import { toListBody } from '../api/to-list-body.ts';
import { PopularFilms } from '../popular/popular-films.ts';
import type { LoadedPart, PagePart } from '../products/page-part.ts';
import { PersonalizedFlag } from './personalized.flag.ts';
import { RecommendationsClient } from './recommendations.client.ts';

type SourceName = RecommendedProducts['source'];

const RECOMMENDED = 6;
const NO_RECOMMENDATIONS: { readonly name: 'none'; readonly value: Product[] } = { name: 'none', value: [] };

/** Recommends films similar to a product, or popular films as a fallback, without the product itself. */
@Injectable()
export class RecommendationsPart implements PagePart<'recommendations', RecommendedProducts> {
  readonly feature = 'recommendations';

  constructor(
    private readonly recommendations: RecommendationsClient,
    private readonly popular: PopularFilms,
    // #region part: flags
    private readonly flag: PersonalizedFlag,
    // #endregion part: flags
  ) {
    startDegradedSeries(this.feature, ['popular', 'none']);
  }

  async load(productId: string): Promise<LoadedPart<RecommendedProducts>> {
    const fallbacks = this.popular.fallbacks(RECOMMENDED + 1);
    const films = await firstAvailable<Product[], SourceName>(
      [this.#personalized(productId), ...fallbacks.map((source) => withoutProduct(source, productId))],
      NO_RECOMMENDATIONS,
    );
    return {
      body: toListBody(films),
      degraded: [
        // #region part: flags
        ...(await this.flag.degradations(productId)),
        // #endregion part: flags
        ...toDegradations(this.feature, films),
      ],
    };
  }

  #personalized(productId: string): Source<Product[], 'personalized'> {
    return {
      name: 'personalized',
      read: async () => {
        // #region part: flags
        await this.flag.assertEnabled(productId);
        // #endregion part: flags
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
