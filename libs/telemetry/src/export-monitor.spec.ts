import { expect, it } from 'vitest';
import { ExportMonitor } from './export-monitor.ts';

function createMonitor() {
  const events: string[] = [];
  const log = ({ event }: { event: string }): void => void events.push(event);
  return { events, monitor: new ExportMonitor(), logger: { warn: log, info: log } };
}

it('logs once that exports fail, and once that they succeed again', () => {
  const { events, monitor, logger } = createMonitor();
  monitor.logTo(logger);
  monitor.recordSuccess();
  for (let i = 0; i < 100; i++) monitor.recordFailure(new Error('rejected'));
  expect(events).toEqual(['telemetry.export_failed']);
  for (let i = 0; i < 100; i++) monitor.recordSuccess();
  expect(events).toEqual(['telemetry.export_failed', 'telemetry.export_recovered']);
});

it('logs no recovery while a receiver accepts metrics and rejects spans', () => {
  const { events, monitor, logger } = createMonitor();
  monitor.logTo(logger);
  for (let i = 0; i < 10; i++) {
    monitor.recordFailure(new Error('404'));
    monitor.recordSuccess();
  }
  expect(events).toEqual(['telemetry.export_failed']);
  monitor.recordSuccess();
  expect(events).toEqual(['telemetry.export_failed', 'telemetry.export_recovered']);
});

it('logs a failure that happened before there was a logger', () => {
  const { events, monitor, logger } = createMonitor();
  monitor.recordFailure(undefined);
  monitor.logTo(logger);
  monitor.recordFailure(undefined);
  expect(events).toEqual(['telemetry.export_failed']);
});
