import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['development', 'module', 'node'] },
  ssr: { resolve: { conditions: ['development', 'module', 'node'] } },
  test: {
    globalSetup: ['test/support/servers.ts'],
    include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/**/*.spec.ts'],
    // Most wait for real servers rather than for a processor.
    maxWorkers: 2,
    // Integration and e2e specs start real servers; a slow machine is not a failure.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
