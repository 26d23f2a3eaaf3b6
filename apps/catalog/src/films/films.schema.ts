import { product } from '@film-store/contracts';
import { z } from 'zod';

/** A film as the data set knows it: what the store charges for it and how many it has is decided at import. */
const film = product.omit({ price: true });
export type Film = z.infer<typeof film>;

const count = z.int().nonnegative();

/** How the films came out of their source: what was taken, what was left out and what was put right. */
const cleaningReport = z.object({
  source: z.object({ package: z.string(), version: z.string(), file: z.string() }),
  rows: count,
  taken: count,
  dropped: z.object({ noTitle: count }),
  repaired: z.object({ numericTitle: count, misreadTitle: count, titleSpacing: count, century: count }),
});
export type CleaningReport = z.infer<typeof cleaningReport>;

export const filmsFile = z.object({ report: cleaningReport, films: z.array(film) });
export type FilmsFile = z.infer<typeof filmsFile>;
