import { z } from 'zod';

/** Gives a setting a default for one machine. With `NODE_ENV=production` the setting is required. */
export const withLocalDefault = (schema: z.ZodString, value: string): z.ZodDefault<z.ZodString> =>
  schema.default(value).meta({ localDefault: true });

export const hasLocalDefault = (field: z.core.$ZodType | undefined): boolean =>
  field instanceof z.ZodType && field.meta()?.localDefault === true;
