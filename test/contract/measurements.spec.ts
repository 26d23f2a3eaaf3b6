import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { formatText } from '../../deploy/platform/format.ts';
import { capacityPage } from '../docs/capacity-table.ts';
import { MEASUREMENTS, recordMeasurement, renderMeasurements } from '../docs/measurements.ts';
import { patternPages } from '../docs/pattern-pages.ts';

it('docs/measurements.md shows the recorded results (write it with vitest --update)', async () => {
  const page = await readFile(MEASUREMENTS, 'utf8');
  expect(page).toContain('<!-- measurements:begin -->');
  const text = await formatText('.', MEASUREMENTS, renderMeasurements(page));
  await expect(text).toMatchFileSnapshot(`../../${MEASUREMENTS}`);
});

it.each([...patternPages(), capacityPage()])(
  '$path shows the recorded results (write it with vitest --update)',
  async ({ path, render }) => {
    const text = await render(await readFile(path, 'utf8'));
    await expect(text).toMatchFileSnapshot(`../../${path}`);
  },
);

it('a recorded result is formatted and replaces the earlier one on the page, also without a value', async () => {
  const root = await mkdtemp(join(tmpdir(), 'measurements-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await cp('docs', join(root, 'docs'), { recursive: true });
  await recordMeasurement(
    'bench',
    {
      name: 'pipeline',
      question: 'What does a call cost?',
      load: 'one call',
      machine: 'a machine',
      node: 'v26.10.0',
      commit: 'abc1234',
      measured: [
        { name: 'a call', unit: 'ns', value: 7, goal: '≤ 8' },
        { name: 'no call', unit: 'ns', value: Number.NaN },
      ],
      tables: [{ title: 'Calls', columns: ['call', 'ns'], rows: [['a call', '7']] }],
    },
    root,
  );
  const recorded = await readFile(join(root, 'docs/measurements/bench/pipeline.json'), 'utf8');
  expect(recorded).toContain('"rows": [["a call", "7"]]');
  const page = await readFile(join(root, MEASUREMENTS), 'utf8');
  expect(page).toMatch(/^\| \[pipeline\]\(#pipeline\) +\| a call +\| 7\.00 ns +\| ≤ 8 +\| yes +\|$/m);
  expect(page).toContain('- Measured on a machine, Node v26.10.0, at commit abc1234.');
  expect(page).toMatch(/^\| no call +\|/m);
  expect(page).not.toContain('our pipeline / cockatiel');
});
