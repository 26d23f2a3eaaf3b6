import type { Part } from './part.ts';

/** Without it, processes are still stopped, killed and paused, and links broken: that is the demo, below HTTP. */
export const faults: Part = {
  name: 'faults',
  title: 'the fault injection',
  paths: [
    'apps/gateway/control-room/faults.css',
    'apps/gateway/control-room/faults.js',
    'deploy/platform/lists/scenario-table.ts',
    'deploy/platform/parts/faults.ts',
    'deploy/runbooks/fault-drills.ts',
    'docs/measurements/chaos/availability.json',
    'docs/measurements/chaos/distributed.json',
    'docs/measurements/chaos/exactly-once.json',
    'docs/measurements/chaos/ladder.json',
    'docs/measurements/chaos/soak.json',
    'docs/patterns/09-chaos-engineering.md',
    'libs/contracts/src/create-fault-scenarios.spec.ts',
    'libs/contracts/src/create-fault-scenarios.ts',
    'libs/contracts/src/fault-scenarios.spec.ts',
    'libs/contracts/src/fault-scenarios.ts',
    'libs/fault-injection',
    'libs/ops/src/fault-injection.ts',
    'libs/service/test/faults.spec.ts',
    'libs/service/test/inbound-faults.spec.ts',
    'test/chaos',
    'test/docs/scenarios.spec.ts',
    'test/e2e/faults.spec.ts',
    'test/packages/libraries/fault-injection.ts',
  ],
  packages: [],
};
