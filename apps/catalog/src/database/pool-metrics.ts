import { lazyInstruments } from '@film-store/core/instruments';
import type { BatchObservableResult } from '@opentelemetry/api';
import type { PoolUsage } from './database.ts';

const instruments = lazyInstruments('catalog', (meter) => ({
  meter,
  connections: meter.createObservableGauge('db.client.connection.count', {
    description: 'Connections of the pool, by whether they are used',
  }),
  waiting: meter.createObservableGauge('db.client.connection.pending_requests', {
    description: 'Callers that wait for a connection',
  }),
}));

/**
 * Makes metrics of a pool's state, which is read when metrics are collected.
 * @returns a function that stops observing; it does not end the series
 */
export function observePoolUsage(usage: () => PoolUsage | undefined): () => void {
  const { meter, connections, waiting } = instruments();
  const observe = (result: BatchObservableResult): void => {
    const now = usage();
    if (!now) return;
    result.observe(connections, now.idle, { 'db.client.connection.state': 'idle' });
    result.observe(connections, now.connections - now.idle, { 'db.client.connection.state': 'used' });
    result.observe(waiting, now.waiting);
  };
  meter.addBatchObservableCallback(observe, [connections, waiting]);
  return () => meter.removeBatchObservableCallback(observe, [connections, waiting]);
}
