import {
  type ConcurrencyLimit,
  createGradientLimit,
  fixedLimit,
  priorities,
  systemClock,
  watchEventLoop,
} from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { createEventLoopGuard } from './event-loop.ts';
import { type LoadShedder, RequestLimiter } from './load-shedder.ts';
import { type LoadSheddingOptions, type LoadSheddingSettings, loadSheddingOptions } from './options.ts';
import { OverloadEpisodes } from './overload-episodes.ts';

const instruments = lazyInstruments('@film-store/load-shedding', (meter) => {
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
  return {
    meter,
    decisions: meter.createObservableCounter('load_shedding.requests', {
      description: 'Requests by priority and decision',
    }),
    limit: gauge('load_shedding.limit', 'Requests that may be in flight'),
    inFlight: gauge('load_shedding.in_flight', 'Requests in flight'),
    queued: gauge('load_shedding.queued', 'Requests that wait for a permit'),
  };
});

/**
 * Creates the load shedder of a server, with its metrics. Call `stop` when the server has closed.
 * @throws ZodError that lists all invalid options
 */
export function createLoadShedder(options: LoadSheddingOptions = {}): LoadShedder {
  const { clock = systemClock, random = Math.random } = options;
  const settings = loadSheddingOptions.parse(options);
  const { strategy } = settings;
  if (strategy === 'off') return OFF;

  const eventLoop = watchEventLoop();
  const episodes = new OverloadEpisodes(clock, (overload) => {
    options.onOverload?.(overload);
    if (overload.event === 'started')
      options.logger?.warn?.({ event: 'overload.started' }, 'overload started, requests are shed');
    else
      options.logger?.info?.(
        { event: 'overload.ended', rejected: overload.rejected },
        `overload ended, ${overload.rejected} requests were shed`,
      );
  });
  const limiter = new RequestLimiter({
    limit: createLimit(strategy, settings),
    queue: {
      capacity: settings.queueCapacity,
      targetMs: settings.queueTargetMs,
      intervalMs: settings.queueIntervalMs,
    },
    clock,
    isEventLoopOverloaded: createEventLoopGuard(() => eventLoop.read(), settings.eventLoopDelayMs, random),
    onShed: () => episodes.recordRejection(),
  });
  const stopMetrics = observe(limiter);
  return {
    acquire: (request, decide) => limiter.acquire(request, decide),
    describe: () => ({ strategy, ...limiter.describe() }),
    stop() {
      eventLoop.stop();
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

/** Reads the state when metrics are collected, so that requests have no cost, above all rejected ones. */
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
