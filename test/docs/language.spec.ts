import { describe, expect, it } from 'vitest';
import { allowed } from './allowed-words.ts';
import { checkLanguage, findWords, listFiles, sentenceLengths } from './check-language.ts';
import { readMarkdown, readStyles, readTypeScript, readYaml } from './source-text.ts';

const report = checkLanguage();

describe('the language of the repository', () => {
  it('has standard terms only (list them with node test/docs/language.ts)', () => {
    const found = report.findings.filter(({ found: word }) => !word.startsWith('opens with'));
    expect(found.map(({ path, line, found: word }) => `${path}:${line} ${word}`)).toEqual([]);
  });

  it('has 20 times as many responses as answers in TypeScript', () => {
    expect(report.responses).toBeGreaterThan(500);
    expect(report.responses).toBeGreaterThanOrEqual(20 * report.answers);
  });

  it('opens at most 2 % of all comments with What, Who, Whether, Of, Those or Such', () => {
    expect(report.comments).toBeGreaterThan(1000);
    expect(report.openings).toBeLessThanOrEqual(0.02 * report.comments);
  });

  it('has at most 15 exceptions, each with a reason', () => {
    expect(allowed.length).toBeLessThanOrEqual(15);
    expect(allowed.filter(({ reason }) => reason.length < 10)).toEqual([]);
  });
});

describe('the files that are checked', () => {
  it('are sources, documents and configuration', () => {
    const files = listFiles();
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'test/bench/page.js',
        'deploy/prometheus/rules/alerts.yml',
        'libs/core/src/index.ts',
      ]),
    );
    expect(files.filter((file) => /node_modules|dist\//.test(file))).toEqual([]);
  });
});

describe('a word', () => {
  const find = (text: string) =>
    readTypeScript('a.ts', text)
      .flatMap(findWords)
      .map(({ line, found }) => `${line} ${found}`);

  it.each([
    ['a line comment', '// it\n// was told\n', ['2 told']],
    ['a docstring', '/**\n * Returns the\n * answer.\n */\nconst a = 1;\n', ['3 answer']],
    ['a string', "const a = 'nobody knows';", ['1 nobody']],
    ['a template', 'const a = `the ${1} answers`;', ['1 answers']],
    ['a string of one word', "const a = 'catalog-answers';", ['1 answers']],
    ['a name', 'const isZombie = 1;', ['1 zombie']],
    ['a private name', 'class A { #toldOnce = 1; }', ['1 told']],
    ['code in a comment', '// Calls `letIn`.\n', ['1 let in']],
    ['a helper', 'const rowsOf = 1;', ['1 rowsOf']],
  ])('is found in %s', (_, text, found) => {
    expect(find(text)).toEqual(found);
  });

  it.each([
    ['inside another word', '// the task of the basket\n'],
    ['as a standard term', '// connection refused\nconst inFlight = [].indexOf;\n'],
    ['in a regular expression', 'const a = /told/;'],
  ])('is not found %s', (_, text) => {
    expect(find(text)).toEqual([]);
  });

  it('is found in style sheets', () => {
    expect(readStyles('a { }\n/* who is told */').flatMap(findWords)).toMatchObject([
      { line: 2, found: 'told' },
    ]);
  });

  it('is found in YAML comments and strings', () => {
    const texts = readYaml('# told\na: 1\nsummary: the answer is\n').flatMap(findWords);
    expect(texts).toMatchObject([
      { line: 1, found: 'told' },
      { line: 3, found: 'answer' },
    ]);
  });

  it('is found in paragraphs, tables and code of documents', () => {
    const text = '# A\n\nIt\nis told.\n\n| a |\n|---|\n| `answer` |\n\n```ts\nletIn();\n```\n';
    expect(readMarkdown(text).flatMap(findWords)).toMatchObject([
      { line: 4, found: 'told' },
      { line: 8, found: 'answer' },
      { line: 10, found: 'let in' },
    ]);
  });
});

describe('a comment', () => {
  it('is one text where its lines follow each other', () => {
    const texts = readTypeScript('a.ts', '// One\n// two.\n\n// Three.\nconst a = 1; // Four.\n');
    expect(texts.filter(({ kind }) => kind === 'comment')).toEqual([
      { kind: 'comment', text: 'One\ntwo.', line: 1 },
      { kind: 'comment', text: 'Three.', line: 4 },
      { kind: 'comment', text: 'Four.', line: 5 },
    ]);
  });
});

describe('a sentence', () => {
  it('ends with its punctuation, and counts code as one word', () => {
    expect(sentenceLengths('One two `three four`. Five six?')).toEqual([4, 2]);
  });
});
