import { expect, it } from 'vitest';
import { GENERATED } from '../generated-header.ts';
import { takeGeneratedParts } from './generated-parts.ts';

const section = (name: string, ...lines: string[]) =>
  ['', `# #region generated: ${name}`, ...lines, `# #endregion generated: ${name}`].join('\n');

it('takes the whole of a generated file', () => {
  const theirs = `# ${GENERATED}\nb: 2\n`;
  expect(takeGeneratedParts(`# ${GENERATED}\na: 1\n`, theirs)).toBe(theirs);
});

it('takes the sections that both sides have, and keeps the lines around them', () => {
  const ours = `ours${section('ports', '1', '2')}${section('only-ours', 'kept')}\nend`;
  const theirs = `theirs${section('only-theirs', 'x')}${section('ports', '3')}`;
  expect(takeGeneratedParts(ours, theirs)).toBe(
    `ours${section('ports', '3')}${section('only-ours', 'kept')}\nend`,
  );
});

it('takes nothing from a section that does not end', () => {
  expect(takeGeneratedParts(section('ports', '1'), '# #region generated: ports\n2')).toBe(
    section('ports', '1'),
  );
});
