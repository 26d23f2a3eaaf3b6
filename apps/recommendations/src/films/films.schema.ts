import { z } from 'zod';
import { product } from '@film-store/contracts';

/** All films of the store as they were at `asOf`. A store without films is one that is not filled yet. */
export const filmSnapshot = z.object({ asOf: z.iso.datetime(), films: z.array(product).min(1) });
export type FilmSnapshot = z.infer<typeof filmSnapshot>;
