import { defineConfig } from 'vitest/config';

/**
 * `npm run test:engines` is separate from the other tests, because it needs servers that npm and Debian do not have. It runs the
 * suites whose programs are on the PATH.
 */
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'node'] },
  ssr: { resolve: { conditions: ['source', 'module', 'node'] } },
  test: {
    include: ['{apps,deploy,libs,test}/**/*.engine.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
