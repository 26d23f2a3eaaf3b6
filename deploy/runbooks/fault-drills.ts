import type { ScenarioName } from '@film-store/contracts';
import * as steps from './steps.ts';
import { STORE, type Step, holdClosed, inBackground, order, read } from './steps.ts';

const begin = (scenario: ScenarioName): Step => steps.begin(scenario);
const overloaded = [order(100), holdClosed('catalog'), begin('overload')];

/** The drills that begin a fault scenario. */
export const faultDrills: Readonly<Record<string, readonly Step[]>> = {
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
  BreakerOpen: [begin('catalog-down'), read(10)],
  RetryBudgetEmpty: [holdClosed('catalog'), begin('catalog-down'), read(50)],
  BulkheadFull: overloaded,
  RequestsShed: overloaded,
  // #region part: recommendations
  FeedLag: [begin('catalog-down')],
  // #endregion part: recommendations
};
