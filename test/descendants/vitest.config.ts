import { defineConfig } from 'vitest/config';

/** `npm run test:descendants` is separate from the other tests, because each descendant takes some minutes. */
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'node'] },
  ssr: { resolve: { conditions: ['source', 'module', 'node'] } },
  test: {
    include: ['test/descendants/*.smoke.ts'],
    reporters: ['verbose'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
