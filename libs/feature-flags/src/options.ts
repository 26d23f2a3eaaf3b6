import { z } from 'zod';

export const flagsOptions = z.strictObject({
  file: z
    .string()
    .default('flags.json')
    .describe(
      'File with the flag definitions in flagd’s format. Edits take effect at once. Not read if `flagdHost` is set.',
    ),
  flagdHost: z
    .string()
    .optional()
    .describe(
      'Host of a flagd server that streams the flag definitions. Replaces `file`. The connection is not encrypted.',
    ),
  flagdPort: z
    .int()
    .min(1)
    .max(65_535)
    .default(8015)
    .describe('Port of the sync service of flagd. Port 8013 is its evaluation service, which is not used.'),
});

export type FlagsOptions = z.infer<typeof flagsOptions>;
export type FlagsOptionsInput = z.input<typeof flagsOptions>;
