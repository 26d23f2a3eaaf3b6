import { randomUUID } from 'node:crypto';
import { percentile } from '../../load/percentiles.ts';
import type { RunningCatalog } from './start-catalog.ts';

interface OrderLoad {
  /** Clients that send orders of one line without a pause. */
  readonly clients: number;
  readonly durationMs: number;
  /** Each order has the next of these films. */
  readonly films: readonly string[];
}

export interface OrdersSent {
  readonly perSecond: number;
  readonly p50Ms: number;
  /** Fraction of the orders that were not accepted, from 0 to 1. */
  readonly rejected: number;
}

/** Sends orders. `perSecond` counts those that catalog accepted. */
export async function sendOrders(
  catalog: Pick<RunningCatalog, 'order'>,
  { clients, durationMs, films }: OrderLoad,
): Promise<OrdersSent> {
  const latencies: number[] = [];
  let sent = 0;
  const began = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - began < durationMs) {
      const productId = films[sent++ % films.length];
      const { status, ms } = await catalog.order(randomUUID(), { items: [{ productId, quantity: 1 }] });
      if (status === 201) latencies.push(ms);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - began) / 1000;
  return {
    perSecond: latencies.length / seconds,
    p50Ms: percentile(
      latencies.toSorted((a, b) => a - b),
      0.5,
    ),
    rejected: 1 - latencies.length / sent,
  };
}
