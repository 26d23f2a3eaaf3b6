import type { PageFeature, PagePartBodies } from '@film-store/contracts';
import type { Degradation } from '@film-store/degradation';
import type { PagePart } from './page-part.ts';

export type AnyPagePart = PagePart<PageFeature, PagePartBodies[PageFeature]>;

/** Loads the optional parts of a product page. */
export class PageParts {
  constructor(private readonly parts: readonly AnyPagePart[]) {}

  /** Loads all parts at the same time. @throws Problem of a part that the page needs */
  async load(productId: string): Promise<{ bodies: PagePartBodies; degraded: Degradation[] }> {
    const loaded = await Promise.all(
      this.parts.map(async (part) => ({ feature: part.feature, ...(await part.load(productId)) })),
    );
    const bodies: unknown = Object.fromEntries(loaded.map(({ feature, body }) => [feature, body]));
    return { bodies: bodies as PagePartBodies, degraded: loaded.flatMap(({ degraded }) => degraded) };
  }
}
