import { lazyInstruments } from '@film-store/core/instruments';
import { priorities, systemClock } from '@film-store/core';
import { type ConcurrencyLimit, fixedLimit } from './concurrency-limit.ts';
import { createEventLoopGuard, watchLoopDelay } from './event-loop.ts';
import { createGradientLimit } from './gradient-limit.ts';
import { type LoadShedder, RequestLimiter } from './load-shedder.ts';
import {
  type LoadSheddingOptions,
  type LoadSheddingSettings,
  loadSheddingOptions,
  reportOverload,
} from './options.ts';
import { OverloadEpisodes } from './overload-episodes.ts';

const instruments = lazyInstruments('@film-store/load-shedding', (meter) => ({
  meter,
  decisions: meter.createObservableCounter('load_shedding.requests', {
    description: 'Requests by priority and what was decided on them',
  }),
  limit: meter.createObservableGauge('load_shedding.limit', {
    description: 'Requests that may be in flight',
  }),
  inFlight: meter.createObservableGauge('load_shedding.in_flight', { description: 'Requests in flight' }),
  queued: meter.createObservableGauge('load_shedding.queued', {
    description: 'Requests that wait for a place',
  }),
}));

/**
 * Creates the load shedder of a server, with its metrics. Call `stop` when the server has closed.
 * @throws ZodError that lists all invalid options
 */
export function createLoadShedder(options: LoadSheddingOptions = {}): LoadShedder {
  const { clock = systemClock, random = Math.random } = options;
  const settings = loadSheddingOptions.parse(options);
  const { strategy } = settings;
  if (strategy === 'off') return OFF;

  const loop = watchLoopDelay();
  const episodes = new OverloadEpisodes(clock, (event) => reportOverload(options, event));
  const limiter = new RequestLimiter({
    limit: createLimit(strategy, settings),
    queue: {
      capacity: settings.queueCapacity,
      targetMs: settings.queueTargetMs,
      intervalMs: settings.queueIntervalMs,
    },
    clock,
    isEventLoopOverloaded: createEventLoopGuard(() => loop.read(), settings.eventLoopDelayMs, random),
    onShed: () => episodes.refused(),
  });
  const stopMetrics = observe(limiter);
  return {
    acquire: (request, decide) => limiter.acquire(request, decide),
    describe: () => ({ strategy, ...limiter.describe() }),
    stop() {
      loop.stop();
      episodes.stop();
      stopMetrics();
    },
  };
}

const OFF: LoadShedder = {
  acquire(_request, decide) {
    decide({ admitted: true, permit: { release: () => undefined } });
    return () => undefined;
  },
  describe: () => ({ strategy: 'off' }),
  stop: () => undefined,
};

function createLimit(strategy: 'adaptive' | 'fixed', settings: LoadSheddingSettings): ConcurrencyLimit {
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
function observe(limiter: RequestLimiter): () => void {
  const { meter, decisions, ...gauges } = instruments();
  const observables = [decisions, ...Object.values(gauges)];
  const read: Parameters<typeof meter.addBatchObservableCallback>[0] = (observer) => {
    const { limit, inFlight, queued, admitted, rejected } = limiter.describe();
    observer.observe(gauges.limit, limit);
    observer.observe(gauges.inFlight, inFlight);
    observer.observe(gauges.queued, queued);
    for (const priority of priorities)
      for (const [decision, count] of Object.entries({ admitted: admitted[priority], ...rejected[priority] }))
        observer.observe(decisions, count, { priority, decision });
  };
  meter.addBatchObservableCallback(read, observables);
  return () => meter.removeBatchObservableCallback(read, observables);
}
