import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['development', 'module', 'node'] },
  ssr: { resolve: { conditions: ['development', 'module', 'node'] } },
  test: {
    globalSetup: ['test/support/servers.ts'],
    include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/**/*.spec.ts'],
    // Most wait for real servers rather than for a processor.
    maxWorkers: 2,
    // What hangs is a failure, a slow machine is none: these bound nothing that a test waits for while all is well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
