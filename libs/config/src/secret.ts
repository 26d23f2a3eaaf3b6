import { z } from 'zod';

/** Marks a setting whose value is never printed or logged, and which can be read from a file. */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ ...schema.meta(), secret: true });

export const isSecret = (field: z.core.$ZodType | undefined): boolean =>
  field instanceof z.ZodType &&
  (field.meta()?.secret === true || (field instanceof z.ZodOptional && isSecret(field.unwrap())));
