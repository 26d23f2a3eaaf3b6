import { z } from 'zod';
import { productId } from '../../../../libs/contracts/src/product.ts';

export const newServiceQuery = z.strictObject({ productId });
export type NewServiceQuery = z.infer<typeof newServiceQuery>;

/** An entry about a product. Replace its properties by your own. */
export const newServiceEntry = z
  .object({ title: z.string().min(1), text: z.string() })
  .meta({ id: 'NewServiceEntry' });
export type NewServiceEntry = z.infer<typeof newServiceEntry>;

/** The entries about a product, most important first. */
export const newService = z.object({ items: z.array(newServiceEntry) }).meta({ id: 'NewService' });
export type NewService = z.infer<typeof newService>;
