import { systemClock as clock, monotonicNow, permitsFor } from '@film-store/core';
import { memoryLastKnownGood, staleIfError } from '@film-store/degradation';
import { memoryStore } from '@film-store/idempotency';
import { createLoadShedder } from '@film-store/load-shedding';
import {
  type Policy,
  RETRY_BUDGET_DEFAULTS,
  UPSTREAM_POLICY_DEFAULTS,
  createPipeline,
  createRetryBudget,
} from '@film-store/resilience';
import { Idempotency } from '../../../libs/idempotency/src/idempotency.ts';
import { ENDPOINT_DEFAULTS, Endpoints } from '../../../libs/resilience/src/core/endpoints.ts';
import type { DefenseName } from '../ablation/defenses.ts';
import { layers } from '../layers.ts';

/** The part of a defense that runs for each call or page, alone. */
export interface PriceSubject {
  readonly defense: DefenseName;
  /** `call`: once for each call to an upstream; `page`: once for each page; `order`: once for each order. */
  readonly per: 'call' | 'page' | 'order';
  readonly create: () => () => unknown;
  /** The same work without the defense; its cost is subtracted. */
  readonly without: () => () => unknown;
}

const noop = async (): Promise<number> => 1;
const { signal } = new AbortController();
const toContext = () => ({ signal, deadline: clock.now() + 1000, attempt: 1, idempotent: true });

const alone = (policy: Policy) => (): (() => unknown) => {
  const call = policy(noop);
  return () => call(toContext());
};
const layer = (name: string) => alone(layers[name]!());
const none = alone((next) => next);

const pipeline = (hedges: boolean) => (): (() => unknown) => {
  const { call } = createPipeline<unknown>(UPSTREAM_POLICY_DEFAULTS, noop, {
    clock,
    random: Math.random,
    classify: () => 'failure',
    classifyRetry: () => ({ retry: true }),
    mayHedge: () => hedges,
    callerRetries: () => false,
    onTransition: () => undefined,
  });
  return () => call(toContext());
};

function keepLastKnownGood(): () => unknown {
  const store = memoryLastKnownGood(clock);
  const value = { product: 'film', availability: 7 };
  return () =>
    staleIfError(
      async () => {
        store.set('product:film', value);
        return value;
      },
      async () => undefined,
    );
}

function shed(): () => unknown {
  const shedder = createLoadShedder();
  return () => {
    shedder.acquire({ priority: 'normal', deadline: monotonicNow() + 1000 }, (decision) => {
      if (decision.admitted) decision.permit.release('success', 10);
    });
    return noop();
  };
}

function pickEndpoint(): () => unknown {
  const urls = ['http://a', 'http://b'];
  const endpoints = new Endpoints([urls], ENDPOINT_DEFAULTS, clock);
  return () => {
    endpoints.report(endpoints.pick(), 'success', clock.now());
    return noop();
  };
}

function withdraw(): () => unknown {
  const budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
  return () => {
    budget.deposit();
    return noop();
  };
}

function divide(): () => unknown {
  let permits = 0;
  return () => {
    permits = permitsFor('normal', UPSTREAM_POLICY_DEFAULTS.bulkheadConcurrency);
    return permits > 0 ? noop() : undefined;
  };
}

/** Records are in memory: the round trips to Redis are a column of their own. */
function claimKey(): () => unknown {
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined };
  const idempotency = new Idempotency({ store: memoryStore(), whenStoreFails: 'reject' }, silent);
  let nth = 0;
  const response = { status: 201, headers: {}, body: Buffer.from('{}') };
  return () =>
    idempotency.serve({ id: String(nth++), fingerprint: 'order' }, async () => ({
      outcome: 'final',
      response,
    }));
}

export const priceSubjects: readonly PriceSubject[] = [
  {
    defense: 'deadline',
    per: 'call',
    create: alone((next) => (context) => next({ ...context, deadline: context.deadline - 1 })),
    without: none,
  },
  { defense: 'adaptive-timeout', per: 'call', create: layer('attempt timeout'), without: none },
  { defense: 'retry', per: 'call', create: layer('retry'), without: none },
  { defense: 'retry-budget', per: 'call', create: withdraw, without: () => noop },
  { defense: 'hedge', per: 'call', create: pipeline(true), without: pipeline(false) },
  { defense: 'bulkhead', per: 'call', create: layer('bulkhead'), without: none },
  { defense: 'breaker', per: 'call', create: layer('breaker'), without: none },
  { defense: 'request-collapsing', per: 'call', create: layer('requestCollapsing'), without: none },
  { defense: 'degradation', per: 'page', create: keepLastKnownGood, without: () => noop },
  { defense: 'load-shedding', per: 'page', create: shed, without: () => noop },
  { defense: 'priorities', per: 'page', create: divide, without: () => noop },
  { defense: 'idempotency-key', per: 'order', create: claimKey, without: () => noop },
  { defense: 'outlier-ejection', per: 'call', create: pickEndpoint, without: () => noop },
];
