import {
  type Call,
  type Platform,
  type PlatformInput,
  definePlatform,
} from '../../deploy/platform/define-platform.ts';

type ServiceInput = Partial<PlatformInput['services'][string]>;

/** Creates a platform for a test: its first service is public, and the ports go down from 4000. */
export function createPlatform(services: Readonly<Record<string, ServiceInput>>): Platform {
  const entries = Object.entries(services).map(([name, service], index) => [
    name,
    {
      port: 4000 - index,
      description: 'A service',
      public: index === 0,
      objectives: { availability: 0.99, latencyMs: 250 },
      ...service,
    },
  ]);
  return definePlatform({
    name: 'shop',
    title: 'Shop',
    scope: '@shop',
    parts: [],
    services: Object.fromEntries(entries) as PlatformInput['services'],
  });
}

/** Creates a platform from the calls of its services. */
export const createPlatformOfCalls = (calls: Readonly<Record<string, Record<string, Call>>>): Platform =>
  createPlatform(
    Object.fromEntries(Object.entries(calls).map(([name, called]) => [name, { calls: called }])),
  );
