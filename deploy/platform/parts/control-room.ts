import type { Part } from './part.ts';

/** Without it, the endpoints of operators at `/ops` stay, with their sessions. `uplot` stays for the pages of benchmarks. */
export const controlRoom: Part = {
  name: 'control-room',
  title: 'the control room',
  paths: [
    'apps/gateway/control-room',
    'apps/gateway/screenshots',
    'apps/gateway/src/control-room',
    'deploy/local/compare',
    'deploy/platform/parts/control-room.ts',
    'test/e2e/compare.spec.ts',
    'test/e2e/control-room-session.spec.ts',
    'test/e2e/control-room.spec.ts',
    'test/support/browser.ts',
  ],
  packages: ['axe-core'],
};
