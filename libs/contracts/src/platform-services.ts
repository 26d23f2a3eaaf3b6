// Generated from platform.config.ts by `npm run platform -- generate`. Change that file instead.
import type { PlatformService } from './service-graph.ts';

export const platformServices = {
  catalog: {
    public: false,
    stores: ['database'],
    calls: {},
  },
  recommendations: {
    public: false,
    stores: ['files'],
    calls: {
      catalog: 'degradable',
    },
  },
  gateway: {
    public: true,
    stores: ['redis'],
    calls: {
      catalog: 'critical',
      recommendations: 'degradable',
    },
  },
} as const satisfies Record<string, PlatformService>;

export type ServiceName = keyof typeof platformServices;
