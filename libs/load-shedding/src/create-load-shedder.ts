import { type Clock, priorities, type Priority } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { Admission, type AdmissionState, type Decision } from './load-shedder.ts';
import { type ConcurrencyLimit, fixedLimit } from './concurrency-limit.ts';
import { createLoopGuard, watchLoopDelay } from './event-loop.ts';
import { createGradientLimit } from './gradient-limit.ts';
import type { OverloadSettings } from './settings.ts';
import { type Shedding, SheddingEpisodes } from './overload-episodes.ts';

export interface InboundState extends Partial<AdmissionState> {
  readonly strategy: OverloadSettings['strategy'];
}

/** The protection of one service, made from its settings. */
export interface Inbound {
  /** Absent where it is switched off. */
  readonly admission: Admission | undefined;
  describe(): InboundState;
  /** Safe to call twice. */
  stop(): void;
}

export interface InboundDeps {
  readonly clock: Clock;
  /** From 0 up to but not including 1, uniform. */
  readonly random: () => number;
  readonly onShedding: (shedding: Shedding) => void;
}

const instruments = lazyInstruments('@film-store/load-shedding', (meter) => ({
  meter,
  decisions: meter.createObservableCounter('inbound.requests', {
    description: 'Requests by priority and what was decided on them',
  }),
  limit: meter.createObservableGauge('inbound.limit', { description: 'Requests that may be in flight' }),
  inFlight: meter.createObservableGauge('inbound.in_flight', { description: 'Requests in flight' }),
  queued: meter.createObservableGauge('inbound.queued', { description: 'Requests that wait for a place' }),
}));

export function createInbound(
  settings: OverloadSettings,
  { clock, random, onShedding }: InboundDeps,
): Inbound {
  const strategy = settings.strategy;
  if (strategy === 'off')
    return { admission: undefined, describe: () => ({ strategy }), stop: () => undefined };

  const loop = watchLoopDelay();
  const episodes = new SheddingEpisodes(clock, onShedding);
  const admission = new Admission({
    limit: createLimit(strategy, settings),
    queue: {
      capacity: settings.queueCapacity,
      targetMs: settings.queueTargetMs,
      intervalMs: settings.queueIntervalMs,
    },
    clock,
    refusedByLoop: createLoopGuard(() => loop.read(), settings.eventLoopDelayMs, random),
    onDecision(_priority: Priority, decision: Decision) {
      if (!decision.admitted) episodes.refused();
    },
  });
  const stopMetrics = observe(admission);
  return {
    admission,
    describe: () => ({ strategy, ...admission.describe() }),
    stop() {
      loop.stop();
      episodes.stop();
      stopMetrics();
    },
  };
}

function createLimit(strategy: 'adaptive' | 'fixed', settings: OverloadSettings): ConcurrencyLimit {
  const { initialLimit: initial, minLimit: min, maxLimit: max } = settings;
  switch (strategy) {
    case 'adaptive':
      return createGradientLimit({ initial, min, max });
    case 'fixed':
      return fixedLimit(initial);
    default:
      return strategy satisfies never;
  }
}

/** Read when metrics are collected, so that requests pay nothing for it, refused ones above all. */
function observe(admission: Admission): () => void {
  const { meter, decisions, ...gauges } = instruments();
  const observables = [decisions, ...Object.values(gauges)];
  const read: Parameters<typeof meter.addBatchObservableCallback>[0] = (observer) => {
    const { limit, inFlight, queued, admitted, refused } = admission.describe();
    observer.observe(gauges.limit, limit);
    observer.observe(gauges.inFlight, inFlight);
    observer.observe(gauges.queued, queued);
    for (const priority of priorities)
      for (const [decision, count] of Object.entries({ admitted: admitted[priority], ...refused[priority] }))
        observer.observe(decisions, count, { priority, decision });
  };
  meter.addBatchObservableCallback(read, observables);
  return () => meter.removeBatchObservableCallback(read, observables);
}
