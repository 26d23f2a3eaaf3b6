import type { ScenarioName } from '@film-store/contracts';
import * as steps from './steps.ts';
import { STORE, type Step, holdClosed, inBackground, isolate, order, read } from './steps.ts';

const begin = (scenario: ScenarioName): Step => steps.begin(scenario);
const overloaded = [order(100), holdClosed('catalog'), begin('overload')];

/** The steps that make each alert fire. `service-drills.ts` has those of ServiceObjectiveMissed. */
export const drills: Readonly<Record<string, readonly Step[]>> = {
  AvailabilityBudgetBurn: [order(20, 0.5), begin('catalog-down')],
  LatencyBudgetBurn: [holdClosed('catalog'), begin('overload'), read(10)],
  DegradationBudgetBurn: [inBackground(read(10)), begin('catalog-down')],
  FreshnessBudgetBurn: [inBackground(read(10)), begin('catalog-down')],
  OrderOutcomesUnknown: [order(20), holdClosed('catalog'), begin('catalog-hang')],
  IdempotencyKeyQuarantined: [
    begin('catalog-hang'),
    {
      does: 'shell',
      lines: [
        'key=quarantined-order-$(date +%s)',
        `order() { curl -s ${STORE}/api/orders -H 'Content-Type: application/json' -H "Idempotency-Key: $key" \\`,
        `  -d '{"items":[{"productId":"the-dark-knight-2008","quantity":1}]}'; }`,
        'for n in 1 2 3 4 5 6 7 8; do',
        `  until curl -sf ${STORE}/health/ready >/dev/null; do sleep 1; done`,
        '  order & sleep 1; npm run demo -- kill gateway; sleep 11',
        'done',
        `until curl -sf ${STORE}/health/ready >/dev/null; do sleep 1; done; order`,
      ],
    },
  ],
  IdempotencyStoreUnavailable: [order(5), begin('redis-down')],
  CriticalRequestsShed: overloaded,
  ServiceDown: [{ does: 'demo', command: 'stop gateway' }],
  TargetDown: [{ does: 'demo', command: 'stop catalog' }],
  BreakerOpen: [begin('catalog-down'), read(10)],
  BreakerManualOverride: [isolate('catalog')],
  RetryBudgetEmpty: [holdClosed('catalog'), begin('catalog-down'), read(50)],
  BulkheadFull: overloaded,
  RequestsShed: overloaded,
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
  // #region part: recommendations
  FeedLag: [begin('catalog-down')],
  // #endregion part: recommendations
};
