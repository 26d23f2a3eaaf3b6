import { expect, it } from 'vitest';
import { parseMarker, readSection, replaceSection } from './section.ts';

const text = [
  'before',
  '  # #region generated: services',
  '  old',
  '  # #endregion generated: services',
  'after',
];

it('replaces the lines between the markers, at their indent, and nothing else', () => {
  expect(replaceSection(text.join('\n'), 'services', ['a:', '', '  b: 1']).split('\n')).toEqual([
    'before',
    '  # #region generated: services',
    '  a:',
    '',
    '    b: 1',
    '  # #endregion generated: services',
    'after',
  ]);
});

it('gives the same text when the section has these lines', () => {
  expect(replaceSection(text.join('\n'), 'services', ['old'])).toBe(text.join('\n'));
  expect(readSection(text.join('\n'), 'services')).toEqual(['  old']);
});

it('empties a section, and fills an empty one', () => {
  const empty = replaceSection(text.join('\n'), 'services', []);
  expect(readSection(empty, 'services')).toEqual([]);
  expect(replaceSection(empty, 'services', ['old'])).toBe(text.join('\n'));
});

it.each([
  '# #region generated: a',
  '// #region generated: a',
  '<!-- #region generated: a -->',
  '/* #region generated: a */',
])('finds the marker %s', (line) => {
  expect(parseMarker(line)).toEqual({ edge: 'region', kind: 'generated', name: 'a', indent: '' });
});

it('distinguishes a part from a generated section of the same name', () => {
  const mixed = [
    '// #region part: a',
    '// #region generated: a',
    '// #endregion generated: a',
    '// #endregion part: a',
  ];
  expect(replaceSection(mixed.join('\n'), 'a', ['new']).split('\n')).toEqual(mixed.toSpliced(2, 0, 'new'));
});

it('takes no other line for a marker', () => {
  expect(parseMarker('#region generated: a')).toBeUndefined();
  expect(parseMarker('see # #region generated: a')).toBeUndefined();
  expect(parseMarker('# #region other: a')).toBeUndefined();
});

it('reports a section that is absent', () => {
  expect(() => replaceSection('x', 'services', [])).toThrow(
    'the line "#region generated: services" is missing',
  );
});

it('reports a section that is not closed, or written twice', () => {
  expect(() => replaceSection(text.slice(0, 3).join('\n'), 'services', [])).toThrow(
    'the section services needs one "#region generated: services" and then one "#endregion generated: services"; it has #region in line 2',
  );
  expect(() => replaceSection([...text, ...text].join('\n'), 'services', [])).toThrow(
    'it has #region in line 2, #endregion in line 4, #region in line 7, #endregion in line 9',
  );
});
