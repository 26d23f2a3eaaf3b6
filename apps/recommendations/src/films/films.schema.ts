import { z } from 'zod';
import { productList } from '@film-store/contracts';

/** A page of the product list whose products are not checked yet. */
export const filmPage = productList.extend({ items: z.array(z.unknown()) });
