import type { ScenarioName } from '@film-store/contracts';
import { MAX_TTL_MS } from '@film-store/fault-injection';

/** One step that makes an alert fire, beside a demo whose `/metrics` Prometheus reads. */
export type Step =
  | { readonly does: 'begin'; readonly scenario: ScenarioName }
  | { readonly does: 'hold'; readonly upstream: string; readonly state: 'isolated' | 'forced-closed' }
  /** Runs in the foreground, or in the background with time to read the list of films before a fault starts. */
  | { readonly does: 'load'; readonly args: string; readonly seconds: number; readonly background?: true }
  | { readonly does: 'demo'; readonly command: string }
  | { readonly does: 'shell'; readonly lines: readonly string[] };

/** Longest duration of a scenario and of a load: five minutes of `for` and a rate window of five minutes. */
export const DRILL_SECONDS = MAX_TTL_MS / 1000;
const STORE = 'http://localhost:3000';
const FILM = `${STORE}/api/products/the-dark-knight-2008`;

const begin = (scenario: ScenarioName): Step => ({ does: 'begin', scenario });
/** Otherwise the breaker opens, and the condition of the alert ends. */
const holdClosed = (upstream: string): Step => ({ does: 'hold', upstream, state: 'forced-closed' });
const load = (args: string): Step & { does: 'load' } => ({ does: 'load', args, seconds: DRILL_SECONDS });
const read = (rps: number) => load(`--rps ${rps} ${FILM}`);
const order = (rps: number, fraction = 1): Step =>
  inBackground(load(`--rps ${rps} --orders ${fraction} ${STORE}/api/home`));
const inBackground = (step: Step & { does: 'load' }): Step => ({ ...step, background: true });
const overloaded = [order(100), holdClosed('catalog'), begin('overload')];

/** The steps that make each alert fire. */
export const drills: Readonly<Record<string, readonly Step[]>> = {
  AvailabilityBudgetBurn: [order(20, 0.5), begin('catalog-down')],
  LatencyBudgetBurn: [holdClosed('recommendations'), begin('recommendations-slow'), read(10)],
  DegradationBudgetBurn: [begin('recommendations-down'), read(10)],
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
  TargetDown: [{ does: 'demo', command: 'stop recommendations' }],
  BreakerOpen: [begin('recommendations-down'), read(10)],
  BreakerManualOverride: [{ does: 'hold', upstream: 'recommendations', state: 'isolated' }],
  RetryBudgetEmpty: [holdClosed('recommendations'), begin('recommendations-down'), read(50)],
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
  FeedLag: [begin('catalog-down')],
};

/** Returns the command lines of a step, as the runbook of the alert has them. */
export function toLines(step: Step): readonly string[] {
  switch (step.does) {
    case 'begin':
      return [put('faults', { scenario: step.scenario, ttlMs: DRILL_SECONDS * 1000 })];
    case 'hold':
      return [put(`breakers/${step.upstream}`, { state: step.state })];
    case 'load': {
      const line = `npm run load -- --seconds ${step.seconds} ${step.args}`;
      return step.background ? [`${line} &`, 'sleep 5'] : [line];
    }
    case 'demo':
      return [`npm run demo -- ${step.command}`];
    case 'shell':
      return step.lines;
    default:
      return step satisfies never;
  }
}

const put = (path: string, body: object): string =>
  `curl -X PUT localhost:3000/ops/${path} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
