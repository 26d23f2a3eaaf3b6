import { product } from '@film-store/contracts';
import { z } from 'zod';

/** A film of the data set. Price and stock are set at import. */
const film = product.omit({ price: true });
export type Film = z.infer<typeof film>;

const count = z.int().nonnegative();

/** Counts of the rows that were taken from the data set, dropped and repaired. */
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
