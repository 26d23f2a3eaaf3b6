import type { Degradation } from '@film-store/degradation';

/** An optional part of the product page. */
export interface PagePart<Feature extends string, Body> {
  readonly feature: Feature;
  /**
   * Returns the part of the page of a product, or its fallback with the reason in `degraded`. Must not reject for a failed
   * upstream, unless the page is useless without the part: then the response is the problem.
   */
  load(productId: string): Promise<LoadedPart<Body>>;
}

export interface LoadedPart<Body> {
  readonly body: Body;
  /** Entries of the `degraded` list of the page. */
  readonly degraded: readonly Degradation[];
}
