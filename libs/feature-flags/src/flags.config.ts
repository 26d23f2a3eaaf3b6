import { z } from 'zod';

/** The settings of a service that has feature flags. */
export const flagsConfig = {
  FLAGS_FILE: z
    .string()
    .default('deploy/flags/flags.json')
    .describe(
      'Feature flags in flagd’s format; watched, edits take effect at once. Not read with FLAGD_HOST.',
    ),
  FLAGD_HOST: z
    .string()
    .optional()
    .describe('Host of a flagd server to take the flags from, as they change, instead of the file.'),
  FLAGD_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .default(8015)
    .describe('Port of its sync service (not 8013: that one evaluates remotely, each time).'),
};

export interface FlagsConfig {
  readonly FLAGS_FILE: string;
  readonly FLAGD_HOST?: string | undefined;
  readonly FLAGD_PORT: number;
}
