import { defineConfig } from 'vitest/config';

/** `npm run test:compose` is separate from the other tests, because it needs a Docker engine. */
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'node'] },
  ssr: { resolve: { conditions: ['source', 'module', 'node'] } },
  test: {
    include: ['test/compose/*.smoke.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    // The first start builds the image.
    hookTimeout: 900_000,
  },
});
