import { z } from 'zod';
import { product } from '@film-store/contracts';

/** All films of the store at the time `asOf`. An empty list is invalid: catalog has not imported its films yet. */
export const filmSnapshot = z.object({ asOf: z.iso.datetime(), films: z.array(product).min(1) });
export type FilmSnapshot = z.infer<typeof filmSnapshot>;
