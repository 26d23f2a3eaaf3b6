import type { Product } from '@film-store/contracts';

/**
 * Caches the responses for one state of films and sales. Each new state gets a new cache, so a late result of an old
 * state is never used for the new one.
 */
export class ResponseCache {
  readonly #similar = new Map<string, Promise<readonly Product[]>>();
  #popular: readonly Product[] | undefined;

  /** Returns similar products. Concurrent callers share one computation. Failures are not cached. */
  similar(productId: string, compute: () => Promise<readonly Product[]>): Promise<readonly Product[]> {
    const cached = this.#similar.get(productId);
    if (cached) return cached;
    const response = compute().catch((error: unknown) => {
      this.#similar.delete(productId);
      throw error;
    });
    this.#similar.set(productId, response);
    return response;
  }

  popular(compute: () => readonly Product[]): readonly Product[] {
    return (this.#popular ??= compute());
  }
}
