import type { Product } from '@film-store/contracts';

/**
 * The answers computed so far for one state of films and sales. A new state begins with a new, empty one, so an
 * answer that comes late from an old state is never served for the new.
 */
export class ResponseCache {
  readonly #similar = new Map<string, Promise<readonly Product[]>>();
  #popular: readonly Product[] | undefined;

  /** The products like one product; concurrent callers share one computation, and a failed one is not kept. */
  similar(productId: string, compute: () => Promise<readonly Product[]>): Promise<readonly Product[]> {
    const known = this.#similar.get(productId);
    if (known) return known;
    const answer = compute().catch((error: unknown) => {
      this.#similar.delete(productId);
      throw error;
    });
    this.#similar.set(productId, answer);
    return answer;
  }

  popular(compute: () => readonly Product[]): readonly Product[] {
    return (this.#popular ??= compute());
  }
}
