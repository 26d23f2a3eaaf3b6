import { lazyInstruments } from '@film-store/core/instruments';
import type { BatchObservableResult } from '@opentelemetry/api';
import type { PoolUsage } from './database.ts';

const instruments = lazyInstruments('catalog', (meter) => ({
  meter,
  connections: meter.createObservableGauge('db.client.connection.count', {
    description: 'Connections of the pool by state: idle or used',
  }),
  waiting: meter.createObservableGauge('db.client.connection.pending_requests', {
    description: 'Callers that wait for a connection',
  }),
}));

/**
 * Observes a pool's usage whenever metrics are collected.
 * @returns a function that stops the observation; exported series keep their last values
 */
export function observePoolUsage(usage: () => PoolUsage | undefined): () => void {
  const { meter, connections, waiting } = instruments();
  const observe = (result: BatchObservableResult): void => {
    const current = usage();
    if (!current) return;
    result.observe(connections, current.idle, { 'db.client.connection.state': 'idle' });
    result.observe(connections, current.connections - current.idle, { 'db.client.connection.state': 'used' });
    result.observe(waiting, current.waiting);
  };
  meter.addBatchObservableCallback(observe, [connections, waiting]);
  return () => meter.removeBatchObservableCallback(observe, [connections, waiting]);
}
