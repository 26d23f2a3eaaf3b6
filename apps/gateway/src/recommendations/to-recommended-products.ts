import type { Picks, Product } from '@film-store/contracts';
import type { Degradable } from '@film-store/degradation';

/** How picks are told in an answer's body. */
export const toPicks = (picks: Degradable<Product[], Picks['source']>): Picks => ({
  items: picks.value,
  source: picks.source,
  degraded: picks.degraded,
  ...(picks.degraded && { reason: picks.reason }),
});
