import type { PageFeature, PagePartBodies } from '@film-store/contracts';
import type { Degradation } from '@film-store/degradation';
import type { PagePart } from './page-part.ts';

export type AnyPagePart = PagePart<PageFeature, PagePartBodies[PageFeature]>;

/** Loads the optional parts of a product page. */
export class PageParts {
  constructor(private readonly parts: readonly AnyPagePart[]) {}

  /** Loads all parts at the same time. @throws Problem of a part that the page needs */
  async load(productId: string): Promise<{ bodies: PagePartBodies; degraded: Degradation[] }> {
    const loaded = await Promise.all(this.parts.map((part) => part.load(productId)));
    const bodies: Partial<Record<PageFeature, unknown>> = {};
    const degraded: Degradation[] = [];
    for (const [index, part] of loaded.entries()) {
      bodies[this.parts[index]!.feature] = part.body;
      degraded.push(...part.degraded);
    }
    return { bodies: bodies as PagePartBodies, degraded };
  }
}
