import { expect, it } from 'vitest';
import { ExportMonitor } from './export-monitor.ts';

function createMonitor() {
  const events: string[] = [];
  const log = ({ event }: { event: string }): void => void events.push(event);
  return { events, monitor: new ExportMonitor('traces'), logger: { warn: log, info: log } };
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

it('logs no recovery while a receiver accepts every second export', () => {
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

it('names the signal', () => {
  const lines: object[] = [];
  const log = (line: object): void => void lines.push(line);
  for (const signal of ['traces', 'metrics'] as const) {
    const monitor = new ExportMonitor(signal);
    monitor.logTo({ warn: log, info: log });
    monitor.recordFailure('rejected');
    monitor.recordSuccess();
    monitor.recordSuccess();
  }
  expect(lines).toMatchObject([
    { event: 'telemetry.export_failed', signal: 'traces' },
    { event: 'telemetry.export_recovered', signal: 'traces' },
    { event: 'telemetry.export_failed', signal: 'metrics' },
    { event: 'telemetry.export_recovered', signal: 'metrics' },
  ]);
});
