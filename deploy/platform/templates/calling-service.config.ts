import type { z } from 'zod';
import { serviceConfig, serviceUpstreamEnv } from '@film-store/service';

/** Stands for the configuration of a service that calls another one. */
const callingServiceConfig = serviceConfig({ port: 3999 }).extend({
  ...serviceUpstreamEnv('called-service', { url: 'http://localhost:3998' }),
});
export type CallingServiceConfig = z.infer<typeof callingServiceConfig>;
