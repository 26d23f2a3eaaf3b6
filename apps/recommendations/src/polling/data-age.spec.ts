import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
// Instruments created before the global meter provider record nothing.
const { Poller } = await import('./poller.ts');

const readAges = async () => {
  exporter.reset();
  await reader.forceFlush();
  const { scopeMetrics = [] } = exporter.getMetrics()[0] ?? {};
  return scopeMetrics.flatMap((scope) =>
    scope.metrics.flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [attributes['data'], value]),
    ),
  );
};

it('the age of data starts at the last successful poll, or at the start of polling', async () => {
  const time = new ManualTime();
  let fails = true;
  const poll = () => (fails ? Promise.reject(new Error('unreachable')) : Promise.resolve(60_000));
  const poller = new Poller({ name: 'feed', poll, time, logger: log.logger });
  poller.start();
  await time.pause();
  expect(await readAges()).toEqual([['feed', 0]]);
  await time.pass();
  expect(await readAges()).toEqual([['feed', 0.5]]);
  fails = false;
  await time.pass();
  expect(await readAges()).toEqual([['feed', 0]]);
  fails = true;
  await time.pass();
  expect(await readAges()).toEqual([['feed', 60]]);
  time.stepWall(-3_600_000);
  await time.pass();
  expect(await readAges()).toEqual([['feed', 60.5]]);
  await poller.stop();
});
