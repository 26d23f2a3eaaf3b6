import { PerformanceObserver, constants } from 'node:perf_hooks';
import { metrics } from '@opentelemetry/api';
import { watchEventLoop } from '@film-store/core';

/** Missing in the types of Node. */
interface GcEntry {
  readonly duration: number;
  readonly detail: { readonly kind: number };
}

/** The names of the semantic conventions, by Node's numbers. */
const gcTypes = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, { 'v8js.gc.type': 'minor' }],
  [constants.NODE_PERFORMANCE_GC_MAJOR, { 'v8js.gc.type': 'major' }],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, { 'v8js.gc.type': 'incremental' }],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, { 'v8js.gc.type': 'weakcb' }],
]);

/** Measures the event loop, the garbage collector and the memory of this process. */
export function startRuntimeMetrics(): void {
  const meter = metrics.getMeter('@film-store/telemetry');
  const eventLoop = watchEventLoop();
  const p50 = meter.createObservableGauge('nodejs.eventloop.delay.p50', {
    unit: 's',
    description: 'Median delay of the event loop in the last complete window of 2 s',
  });
  const p99 = meter.createObservableGauge('nodejs.eventloop.delay.p99', {
    unit: 's',
    description: '99th percentile of the event loop delay in the last complete window of 2 s',
  });
  const heap = meter.createObservableGauge('v8js.memory.heap.used', {
    unit: 'By',
    description: 'Heap in use',
  });
  const rss = meter.createObservableGauge('process.memory.usage', {
    unit: 'By',
    description: 'Resident set size',
  });
  meter.addBatchObservableCallback(
    (observer) => {
      const { heapUsed, rss: resident } = process.memoryUsage();
      const { p50Ms, p99Ms } = eventLoop.read();
      observer.observe(p50, p50Ms / 1000);
      observer.observe(p99, p99Ms / 1000);
      observer.observe(heap, heapUsed);
      observer.observe(rss, resident);
    },
    [p50, p99, heap, rss],
  );
  const pauses = meter.createHistogram('v8js.gc.duration', {
    unit: 's',
    description: 'Pauses of the garbage collector',
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5] },
  });
  // NaN starts a series at zero and counts in no bucket.
  for (const type of gcTypes.values()) pauses.record(Number.NaN, type);
  new PerformanceObserver((list) => {
    for (const { detail, duration } of list.getEntries() as unknown as GcEntry[])
      pauses.record(duration / 1000, gcTypes.get(detail.kind));
  }).observe({ entryTypes: ['gc'] });
}
