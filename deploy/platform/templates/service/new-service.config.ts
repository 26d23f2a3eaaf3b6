import type { z } from 'zod';
import { serviceConfig } from '@film-store/service';

export const newServiceConfig = serviceConfig({ port: 3999 });
export type NewServiceConfig = z.infer<typeof newServiceConfig>;
