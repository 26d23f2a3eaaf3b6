import { mapOptions } from '@film-store/config';
import { flagsOptions } from '@film-store/feature-flags/options';

const flags = mapOptions(flagsOptions, {
  file: 'FLAGS_FILE',
  flagdHost: 'FLAGD_HOST',
  flagdPort: 'FLAGD_PORT',
});

export const flagsEnv = (defaults?: Parameters<typeof flags.variables>[1]) => flags.variables('', defaults);
export const toFlagsOptions = (config: Parameters<typeof flags.options<''>>[1]) => flags.options('', config);
