import { expect, it } from 'vitest';
import { subjects } from '../bench/ablation/defenses.ts';
import { upstreamFaults } from '../bench/ablation/faults.ts';
import { measureFault } from '../bench/ablation/measure-fault.ts';

const SHORT = { rps: 10, warmUpS: 4, faultS: 4, recoveryS: 3 };

it('a page of a film that was seen before survives a fault of catalog only with degradation', async () => {
  const fault = upstreamFaults.find(({ name }) => name === 'catalog-resets')!;
  const cells = await measureFault(fault, {
    subjects: subjects.filter(({ name }) => ['on-1', 'degradation', 'naive'].includes(name)),
    seed: 1,
    round: 1,
    load: SHORT,
    report: () => undefined,
  });
  const find = (subject: string) => cells.find((cell) => cell.subject === subject)!.figures;
  expect(find('degradation').lost).toBe(1);
  expect(find('naive').lost).toBe(1);
  expect(find('on-1').lost).toBeLessThan(1);
  expect(find('on-1').incomplete).toBe(1);
  for (const { figures } of cells) expect(figures.calls).toBeGreaterThan(0);
});
