import { defineConfig } from 'vitest/config';

const conditions = ['source', 'module', 'node'];

/** Nothing in there outlives its file, in no module and in no global: one process may run many of them. */
const computed = [
  'apps/catalog/scripts/**/*.spec.ts',
  'apps/recommendations/src/{films,model,scoring}/**/*.spec.ts',
  'deploy/{grafana,k8s,runbooks}/**/*.spec.ts',
  'libs/{config,contracts,core,degradation,fault-injection,health,load-shedding,problem}/src/**/*.spec.ts',
  'libs/resilience/src/core/**/*.spec.ts',
  'test/{bench,load}/**/*.spec.ts',
  'test/chaos/{random,report,run-experiment}.spec.ts',
  'test/chaos/store/**/*.spec.ts',
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ['test/support/servers.ts'],
    // Of three, one waits for its servers to start, or for what they do.
    maxWorkers: 3,
    // What hangs is a failure, a slow machine is none: these bound nothing that a test waits for while all is well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'computed', include: computed, isolate: false } },
      {
        extends: true,
        test: {
          name: 'served',
          include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: computed,
        },
      },
    ],
  },
});
