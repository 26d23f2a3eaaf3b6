import { expect, it } from 'vitest';
import { forEachService, services } from '../../../deploy/local/services.ts';
import { isWithin } from '../experiment.ts';
import { type Sample, type Seen, toObservations, hypothesis, toPlots, toTables } from './findings.ts';
import type { ProcessMetrics } from './process-metrics.ts';

const well: ProcessMetrics = {
  heapMiB: 40,
  externalMiB: 5,
  rssMiB: 150,
  handles: 12,
  files: 30,
  sockets: 8,
  loopDelayMs: 11,
};
/** Ten samples of 1000 requests, all healthy except catalog in the last tenth. */
const samples = (late: Partial<ProcessMetrics> = {}): Sample[] =>
  Array.from({ length: 10 }, (_, nth) => ({
    requests: 100 * (nth + 1),
    of: { ...forEachService(() => well), catalog: { ...well, ...(nth >= 8 && late) } },
  }));
const books = { lost: [], duplicated: [], stock: [], responses: [] };
const nothing = { died: [], withoutResponse: [], internalErrors: [], neverBroken: [], books };
const findFailed = (change: Partial<Seen>): string[] => {
  const found = toObservations({ samples: samples(), requests: 1000, ...nothing, ...change });
  return Object.entries(hypothesis).flatMap(([probe, tolerance]) =>
    isWithin(tolerance, found[probe]!.value) ? [] : [probe],
  );
};

it('a run without leaks holds, and so does one that has not started', () => {
  expect(findFailed({})).toEqual([]);
  expect(findFailed({ samples: [] })).toEqual([]);
});

it('a run that was cut short does not hold: its last samples are missing', () => {
  expect(findFailed({ samples: samples().slice(0, 5) })).toHaveLength(3 * services.length);
});

it('a heap may grow by at most a twentieth', () => {
  expect(findFailed({ samples: samples({ heapMiB: 41.9 }) })).toEqual([]);
  expect(findFailed({ samples: samples({ heapMiB: 42.1 }) })).toEqual(['catalog: growth of the heap']);
  expect(findFailed({ samples: samples({ heapMiB: 20 }) })).toEqual([]);
});

it('handles and files may be two more or two fewer', () => {
  expect(findFailed({ samples: samples({ handles: 14, files: 28 }) })).toEqual([]);
  expect(findFailed({ samples: samples({ handles: 15 }) })).toEqual(['catalog: handles more or fewer']);
  expect(findFailed({ samples: samples({ files: 27 }) })).toEqual(['catalog: open files more or fewer']);
});

it('the examples show the growth', () => {
  const found = toObservations({ samples: samples({ heapMiB: 60.4 }), requests: 1000, ...nothing });
  expect(found['catalog: growth of the heap']).toEqual({
    value: expect.closeTo(0.51),
    examples: ['from 40 to 60.4'],
  });
});

it('deaths, missing responses, crashes, faults without effect and wrong orders each refute it', () => {
  expect(findFailed({ died: ['redis'] })).toEqual(['processes that died']);
  expect(findFailed({ withoutResponse: ['GET /'] })).toEqual(['requests without a response']);
  expect(findFailed({ internalErrors: ['GET /'] })).toEqual(['responses with status 500']);
  expect(findFailed({ neverBroken: ['redis is down'] })).toEqual(['faults that never took hold']);
  expect(findFailed({ books: { lost: ['1'], duplicated: ['2'], stock: ['3'], responses: ['4'] } })).toEqual([
    'orders lost',
    'orders placed twice',
    'films of which the stock does not add up',
    'orders with conflicting responses',
  ]);
});

it('is plotted over thousands of requests, without values that the system does not report', () => {
  const { files: _, sockets: __, ...untold } = well;
  const [first] = samples();
  const seen = [{ requests: 50_000, of: { ...first!.of, gateway: untold } }];
  const heap = toPlots(seen).find(({ title }) => title === 'Heap after a collection');
  const files = toPlots(seen).find(({ title }) => title === 'Open files');
  expect(heap?.series[0]).toEqual({ name: 'gateway', points: [[50, 40]] });
  expect(files?.series.map(({ points }) => points)).toEqual([[], ...services.slice(1).map(() => [[50, 30]])]);
  expect(toTables(seen)[0]?.rows).toEqual([['50000', '40', '12', '150', '5', '', '', '11']]);
});
