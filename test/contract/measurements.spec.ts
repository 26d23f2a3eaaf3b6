import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { MEASUREMENTS, renderMeasurements } from '../docs/measurements.ts';

it('docs/measurements.md shows the recorded results (write it with vitest --update)', async () => {
  const page = await readFile(MEASUREMENTS, 'utf8');
  expect(page).toContain('<!-- measurements:begin -->');
  await expect(await renderMeasurements(page)).toMatchFileSnapshot(`../../${MEASUREMENTS}`);
});
