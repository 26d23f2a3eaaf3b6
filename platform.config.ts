import { definePlatform } from './deploy/platform/define-platform.ts';

/**
 * The services of this platform. Every list of services derives from this file: after a change run
 * `npm run platform -- generate`. `npm run platform` without arguments explains the commands.
 */
export const platform = definePlatform({
  name: 'film-store',
  title: 'Film store',
  scope: '@film-store',
  parts: ['flags', 'control-room', 'k8s', 'faults'],
  services: {
    catalog: {
      port: 3001,
      description: 'Films, their stock, and orders',
      stores: ['database'],
      optionalStores: ['replica'],
      calls: {},
      objectives: { availability: 0.999, latencyMs: 250 },
    },
    recommendations: {
      port: 3002,
      description: 'Films similar to a film, and popular films',
      stores: ['files'],
      calls: { catalog: 'degradable' },
      objectives: { availability: 0.99, latencyMs: 250 },
    },
    gateway: {
      port: 3000,
      description: 'The public API',
      public: true,
      stores: ['redis'],
      optionalStores: ['cache'],
      calls: { catalog: 'critical', recommendations: 'degradable' },
      objectives: { availability: 0.999, latencyMs: 500 },
    },
  },
});

export type ServiceName = keyof typeof platform.services;
