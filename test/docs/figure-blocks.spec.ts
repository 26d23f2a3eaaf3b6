import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { replaceFigures } from './figure-blocks.ts';

/** Creates a repository with one recorded result, `calls`. */
function createRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'figures-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'docs/measurements/bench'), { recursive: true });
  const measured = [{ name: 'ours: calls that failed', unit: 'share', value: 0.25 }];
  const about = { question: '', load: '', machine: '', node: '', commit: '' };
  writeFileSync(
    join(root, 'docs/measurements/bench/calls.json'),
    JSON.stringify({ name: 'calls', ...about, measured }),
  );
  return root;
}

const page = (names: string, template: string) =>
  `<!-- figures:begin ${names}\n${template}\n-->\n\nold text\n\n<!-- figures:end -->\n`;

it('puts recorded figures into a table, which replaces the earlier one', () => {
  const table = page('calls', '| failed | ours |\n| calls | {ours: calls that failed} |');
  const text = replaceFigures(table, 'not recorded', createRoot());
  expect(text).toContain('-->\n\n| failed | ours |\n|-|-|\n| calls | 25.00 % |\n\n<!-- figures:end -->');
  expect(text).not.toContain('old text');
});

it('puts recorded figures into a paragraph', () => {
  const text = replaceFigures(page('calls', 'Of all, {ours: calls that failed} failed.'), '', createRoot());
  expect(text).toContain('-->\n\nOf all, 25.00 % failed.\n\n<!-- figures:end -->');
});

it('states that a result is not recorded, without a figure', () => {
  const text = replaceFigures(page('calls orders', '{orders}'), 'not recorded', createRoot());
  expect(text).toContain('-->\n\nnot recorded\n\n<!-- figures:end -->');
});

it('rejects the name of a figure that does not exist', () => {
  expect(() => replaceFigures(page('calls', '{ours: calls that hung}'), '', createRoot())).toThrow(
    'no recorded figure is named ours: calls that hung',
  );
});
