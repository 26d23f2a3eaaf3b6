import { expect, it } from 'vitest';
import { Receiver } from './receiver.ts';

function watched() {
  const told: string[] = [];
  const tell = ({ event }: { event: string }): void => void told.push(event);
  const receiver = new Receiver();
  return { told, receiver, logger: { warn: tell, info: tell } };
}

it('tells once that the receiver is away, however often it fails, and once that it is back', () => {
  const { told, receiver, logger } = watched();
  receiver.logTo(logger);
  receiver.took();
  for (let i = 0; i < 100; i++) receiver.failed(new Error('refused'));
  expect(told).toEqual(['telemetry.export_failed']);
  for (let i = 0; i < 100; i++) receiver.took();
  expect(told).toEqual(['telemetry.export_failed', 'telemetry.export_recovered']);
});

it('does not call a receiver back that takes metrics and refuses spans', () => {
  const { told, receiver, logger } = watched();
  receiver.logTo(logger);
  for (let i = 0; i < 10; i++) {
    receiver.failed(new Error('404'));
    receiver.took();
  }
  expect(told).toEqual(['telemetry.export_failed']);
  receiver.took();
  expect(told).toEqual(['telemetry.export_failed', 'telemetry.export_recovered']);
});

it('tells what happened before there was a log', () => {
  const { told, receiver, logger } = watched();
  receiver.failed(undefined);
  receiver.logTo(logger);
  receiver.failed(undefined);
  expect(told).toEqual(['telemetry.export_failed']);
});
