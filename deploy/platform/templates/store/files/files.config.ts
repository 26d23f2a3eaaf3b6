import { z } from 'zod';

/** Settings of the files. */
export const filesEnv = {
  DATA_DIR: z
    .string()
    .default('.data/new-service')
    .describe('Directory for files of the service. Only one process at a time can use it.'),
};
export type FilesConfig = z.infer<z.ZodObject<typeof filesEnv>>;
