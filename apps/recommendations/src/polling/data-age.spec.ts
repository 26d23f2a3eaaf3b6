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
// Instruments made before count nothing.
const { Poller } = await import('./poller.ts');

const ages = async () => {
  exporter.reset();
  await reader.forceFlush();
  const { scopeMetrics = [] } = exporter.getMetrics()[0] ?? {};
  return scopeMetrics.flatMap((scope) =>
    scope.metrics.flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [attributes['data'], value]),
    ),
  );
};

it('data are as old as the last poll that went well, or as the polling', async () => {
  const time = new ManualTime();
  let fails = true;
  const poll = () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(60_000));
  const poller = new Poller({ name: 'feed', poll, time, logger: log.logger });
  poller.start();
  await time.pause();
  expect(await ages()).toEqual([['feed', 0]]);
  await time.pass();
  expect(await ages()).toEqual([['feed', 0.5]]);
  fails = false;
  await time.pass();
  expect(await ages()).toEqual([['feed', 0]]);
  fails = true;
  await time.pass();
  expect(await ages()).toEqual([['feed', 60]]);
  time.stepWall(-3_600_000);
  await time.pass();
  expect(await ages()).toEqual([['feed', 60.5]]);
  await poller.stop();
});
