import { globSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, matchesGlob } from 'node:path';
import { allowed } from './allowed-words.ts';
import {
  type SourceText,
  readHashComments,
  readMarkdown,
  readProse,
  readStyles,
  readTypeScript,
  readYaml,
} from './source-text.ts';
import { helperRules, nameRules, proseRules, type WordRule, wordRules } from './words.ts';

export interface Finding {
  readonly path: string;
  readonly line: number;
  /** Word or phrase to replace. */
  readonly found: string;
  /** Identifier that contains the word. */
  readonly name?: string;
  readonly instead: string;
}

export interface LanguageReport {
  /** Words and long sentences, sorted by file and line. Openings of comments are included. */
  readonly findings: readonly Finding[];
  /** Occurrences of "answer" and "response" in TypeScript, inside longer words and names too. */
  readonly answers: number;
  readonly responses: number;
  /** Comments that open with a question word, of all comments. */
  readonly openings: number;
  readonly comments: number;
}

/** Longest sentence of a document, in words. */
const MAX_SENTENCE = 40;
const OPENING = /^(?:What|Who|Whether|Of|Those|Such)\b/;
const EXCLUDED = new Set(['node_modules', 'dist', '.data', '.git', 'coverage']);

/** Lists the files whose language is checked, below the paths, relative to the working directory. */
export function listFiles(paths: readonly string[] = []): string[] {
  const patterns = (paths.length === 0 ? ['.'] : paths).flatMap((path) => {
    const folder = path.replace(/\/$/, '');
    if (!statSync(folder).isDirectory()) return [folder];
    return ['', '.github/'].map(
      (hidden) => `${folder}/${hidden}**/*.{ts,mts,js,css,html,md,yml,yaml,sh,env}`,
    );
  });
  const files = globSync(patterns, { exclude: (name) => EXCLUDED.has(name) });
  return [...new Set(files.map((file) => file.replace(/^\.\//, '')))].toSorted();
}

/** Checks comments, strings, names and documents below the paths against the project's vocabulary. */
export function checkLanguage(paths: readonly string[] = []): LanguageReport {
  const report = { findings: [] as Finding[], answers: 0, responses: 0, openings: 0, comments: 0 };
  for (const path of listFiles(paths)) {
    const source = readFileSync(path, 'utf8');
    const isDocument = path.endsWith('.md');
    const reported = new Set<string>();
    for (const text of readTexts(path, source)) {
      if (text.kind === 'comment') report.comments++;
      for (const finding of findWords(text)) {
        if (isAllowed(path, finding.name ?? finding.found)) continue;
        // A name is reported once for each file.
        if (finding.name !== undefined && reported.has(finding.name)) continue;
        if (finding.name !== undefined) reported.add(finding.name);
        report.findings.push({ path, ...finding });
      }
      const opening = text.kind === 'comment' ? OPENING.exec(text.text.trimStart())?.[0] : undefined;
      if (opening !== undefined && !isAllowed(path, opening)) {
        report.openings++;
        report.findings.push({
          path,
          line: text.line,
          found: `opens with ${opening}`,
          instead: 'a verb, or the name of the thing',
        });
      }
      if (isDocument && text.kind === 'prose')
        for (const words of sentenceLengths(text.text))
          if (words > MAX_SENTENCE && !isAllowed(path, 'long sentence'))
            report.findings.push({
              path,
              line: text.line,
              found: 'long sentence',
              instead: `split ${words} words`,
            });
    }
    if (path.endsWith('.ts') && !isAllowed(path, 'answer')) {
      report.answers += source.match(/answer/gi)?.length ?? 0;
      report.responses += source.match(/response/gi)?.length ?? 0;
    }
  }
  return {
    ...report,
    findings: report.findings.toSorted((a, b) => (a.path === b.path ? a.line - b.line : 0)),
  };
}

function readTexts(path: string, source: string): SourceText[] {
  const name = basename(path, extname(path));
  return [{ kind: 'name', text: name, line: 1 }, ...readContents(path, source)];
}

function readContents(path: string, source: string): SourceText[] {
  switch (extname(path)) {
    case '.md':
      return readMarkdown(source);
    case '.css':
      return readStyles(source);
    case '.html':
      return readProse(source, 1, 'prose');
    case '.sh':
    case '.env':
      return readHashComments(source);
    case '.yml':
    case '.yaml':
      return readYaml(source);
    default:
      return readTypeScript(path, source);
  }
}

/** Finds the words of a text that the project does not use. */
export function findWords({ kind, text, line }: SourceText): Omit<Finding, 'path'>[] {
  if (kind === 'name')
    return [
      ...findMatches(toWords(text), [...wordRules, ...nameRules]),
      ...findMatches(text, helperRules),
    ].map(({ found, instead }) => ({ line, found, instead, name: text }));
  return findMatches(text.toLowerCase(), [...wordRules, ...proseRules]).map(({ found, instead, index }) => ({
    line: line + text.slice(0, index).split('\n').length - 1,
    found: found.replace(/\s+/g, ' '),
    instead,
  }));
}

const findMatches = (text: string, rules: readonly WordRule[]) =>
  rules.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ found, instead, index })),
  );

/** Splits a name in camel case or snake case into lowercase words. */
const toWords = (name: string): string =>
  name
    .replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, ' ')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase();

/** Returns the number of words of each sentence. */
export const sentenceLengths = (text: string): number[] =>
  text
    .split(/(?<=[.!?][)"'`*]*)\s+|\n{2,}/)
    .map((sentence) => sentence.match(/[\p{L}\p{N}`][^\s]*/gu)?.length ?? 0);

const isAllowed = (path: string, found: string): boolean =>
  allowed.some((entry) => matchesGlob(path, entry.path) && entry.words.test(found));
