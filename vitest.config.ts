import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const conditions = ['source', 'module', 'node'];

/**
 * Specs that need no server and no process (`npm run test:unit`). They leave no state in modules or globals, so one process may
 * run many of them.
 */
const computed = [
  'apps/catalog/scripts/**/*.spec.ts',
  'apps/recommendations/src/{database,films,model,sales,scoring}/**/*.spec.ts',
  'deploy/{grafana,runbooks}/**/*.spec.ts',
  'deploy/k8s/**/*.spec.ts',
  'libs/{config,contracts,core,fault-injection,health,load-shedding}/src/**/*.spec.ts',
  'libs/degradation/src/**/!(redis-*).spec.ts',
  'libs/resilience/src/core/**/*.spec.ts',
  'test/{bench,load}/**/*.spec.ts',
  'test/gameday/{commands,runbook,schedule,score}.spec.ts',
  'test/chaos/{random,report,run-experiment}.spec.ts',
  'test/chaos/store/**/*.spec.ts',
];

/**
 * Specs that replace or observe what one process has once: the providers of OpenTelemetry, Nest's logger, the registered
 * problems. Each has a process of its own, as have those that take minutes. Other specs share processes, which load the sources
 * once: that halves their time.
 */
const alone = [
  'deploy/platform/commands/**/*.spec.ts',
  'test/packages/**/*.spec.ts',
  'apps/recommendations/src/{feed,polling}/**/*.spec.ts',
  'libs/{core,problem,service,telemetry}/**/*.spec.ts',
  'libs/idempotency/test/{key-redaction,plain-nest}.spec.ts',
  'libs/resilience/src/observability.spec.ts',
  'test/contract/reference.spec.ts',
];

/** The commands are tested in the template, whose names and services they expect. A platform made from it has a history. */
const templateOnly = existsSync('.platform.json') ? ['deploy/platform/commands/**'] : [];

/** Specs that start services from `dist`. They fail if the build is absent or older than the sources. */
export const built = [
  'test/{e2e,fallacies,fuzz}/**/*.spec.ts',
  'test/chaos/short-ladder.spec.ts',
  'test/gameday/gameday.spec.ts',
  'test/chaos/exactly-once/exactly-once.spec.ts',
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ['test/support/servers.ts'],
    // One of three workers usually waits for servers.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Limits for tests that hang. They are long, because a slow machine is not a failure.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'computed', include: computed, isolate: false } },
      {
        extends: true,
        test: {
          name: 'served',
          include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'deploy/**/*.spec.ts', 'test/**/*.spec.ts'],
          exclude: [...computed, ...built, ...alone, ...templateOnly],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: [...computed, ...templateOnly] } },
      {
        extends: true,
        test: { name: 'built', include: built, globalSetup: ['test/support/require-build.ts'] },
      },
    ],
  },
});
