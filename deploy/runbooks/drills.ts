import { faultDrills } from './fault-drills.ts';
import { type Step, isolate } from './steps.ts';

/** The steps that make each alert fire. `service-drills.ts` has those of ServiceObjectiveMissed. */
export const drills: Readonly<Record<string, readonly Step[]>> = {
  ...faultDrills,
  ServiceDown: [{ does: 'demo', command: 'stop gateway' }],
  TargetDown: [{ does: 'demo', command: 'stop catalog' }],
  BreakerManualOverride: [isolate('catalog')],
  EventLoopBlocked: [
    {
      does: 'shell',
      lines: [
        `pid=$(npm run --silent demo -- status | sed -n 's/^gateway .*pid //p')`,
        'for n in $(seq 1500); do kill -STOP $pid; sleep 0.2; kill -CONT $pid; sleep 0.2; done',
      ],
    },
  ],
  // The load reads three pages, each for 300 s: 15 minutes.
  SpansLost: [
    { does: 'shell', lines: ['OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:9 npm run demo'] },
    { does: 'load', args: '--rps 5', seconds: 300 },
  ],
};
