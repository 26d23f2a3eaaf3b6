import { type Meter, metrics } from '@opentelemetry/api';
import { afterEach, expect, it } from 'vitest';
import {
  InMemoryMetricExporter,
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { lazyInstruments } from './instruments.ts';

afterEach(() => metrics.disable());

const declare = () => {
  const meters: Meter[] = [];
  const requests = lazyInstruments('@shop/books', (meter) => {
    meters.push(meter);
    return meter.createCounter('requests');
  });
  return { meters, requests };
};

it('counts with an instrument that was declared and used before the application set its meter provider', async () => {
  const { meters, requests } = declare();
  requests().add(1);
  requests().add(1);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
  metrics.setGlobalMeterProvider(provider);
  requests().add(2);
  requests().add(3);
  await provider.forceFlush();
  const [scope] = exporter.getMetrics()[0]?.scopeMetrics ?? [];
  expect(scope?.scope.name).toBe('@shop/books');
  expect(scope?.metrics[0]?.dataPoints[0]?.value).toBe(5);
  expect(meters).toHaveLength(2);
  await provider.shutdown();
});

it('creates its instruments once without a provider', () => {
  const { meters, requests } = declare();
  expect(requests()).toBe(requests());
  expect(meters).toHaveLength(1);
});
