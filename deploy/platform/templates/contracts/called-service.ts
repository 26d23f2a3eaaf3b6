import { z } from 'zod';
import { productId } from '../../../../libs/contracts/src/product.ts';

export const calledServiceQuery = z.strictObject({ productId });
export type CalledServiceQuery = z.infer<typeof calledServiceQuery>;

/** An entry about a product. Replace its properties by your own. */
export const calledServiceEntry = z
  .object({ title: z.string().min(1), text: z.string() })
  .meta({ id: 'CalledServiceEntry' });
export type CalledServiceEntry = z.infer<typeof calledServiceEntry>;

/** The entries about a product, most important first. */
export const calledService = z.object({ items: z.array(calledServiceEntry) }).meta({ id: 'CalledService' });
export type CalledService = z.infer<typeof calledService>;
