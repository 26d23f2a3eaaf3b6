import type { BreakerWatch } from './breakers.ts';
import { percentileMs, tally } from './timeline.ts';
import type { Traffic } from './traffic.ts';
import type { Visit } from './visits.ts';

const outcomes = ['good', 'degraded', 'shed', 'failed'] as const;

const count = (visits: readonly Visit[], outcome: Visit['outcome']): number =>
  visits.filter((visit) => visit.outcome === outcome).length;

/** Describes the progress in one line. */
export function formatProgress(doing: string, { lately }: Traffic, breakers: BreakerWatch): string {
  const seen = lately(1000);
  const counts = outcomes.map((each) => `${count(seen, each)} ${each}`).join(' ');
  const state = breakers.notClosed().join(', ') || 'breakers closed';
  return `${doing} │ ${counts} │ p99 ${percentileMs(seen, 0.99).toFixed(0)} ms │ ${state}`;
}

/** Results of all reads and orders. */
export function toFigures({ visits, receipts }: Traffic): Record<string, number> {
  const orders = receipts();
  return {
    reads: visits.length,
    ...Object.fromEntries(outcomes.map((each) => [`reads: ${each}`, count(visits, each)])),
    'orders accepted': orders.filter(({ responses }) => responses.at(-1)?.status === 201).length,
    'orders without a response': orders.filter(({ responses }) => responses.length === 0).length,
    ...Object.fromEntries(tally(visits).map(([part, times]) => [`pages: ${part}`, times])),
  };
}
