import { degradationReason } from '@film-store/degradation';
import { z } from 'zod';

/** Returns the schema of a list with its source. The first of `sources` is the best one; a list of another is degraded. */
export const degradableList = <Item extends z.ZodType, const Sources extends readonly [string, ...string[]]>(
  item: Item,
  sources: Sources,
) =>
  z.object({
    items: z.array(item),
    source: z.enum(sources),
    degraded: z.boolean(),
    reason: degradationReason.optional(),
  });
