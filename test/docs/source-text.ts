import { parsers } from 'prettier/plugins/markdown';
import ts from 'typescript';
import { LineCounter, isScalar, parseAllDocuments, visit } from 'yaml';

/** A piece of text in a file of the repository. */
export interface SourceText {
  readonly kind: 'comment' | 'prose' | 'name';
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** Returns the comments, strings and names of a TypeScript or JavaScript file. */
export function readTypeScript(path: string, source: string): SourceText[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
  const comments = new Map<number, ts.CommentRange>();
  const texts: SourceText[] = [];
  const read = (node: ts.Node): void => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
    ])
      comments.set(range.pos, range);
    const line = lineAt(node.getStart());
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      texts.push({ kind: 'name', text: node.text, line });
    else if (isText(node)) texts.push(...readString(node.text, line));
    for (const child of node.getChildren()) if (!ts.isJSDoc(child)) read(child);
  };
  read(file);
  return [...joinLineComments(source, [...comments.values()], lineAt), ...texts];
}

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node);

/** Returns a string as prose where it has several words, and as a name where it has one. */
const readString = (text: string, line: number): SourceText[] =>
  /\p{L} +\p{L}/u.test(text)
    ? readProse(text, line, 'prose')
    : splitNames(text).map((name) => ({ kind: 'name', text: name, line }));

/** Joins line comments that follow each other, which are one text. */
function joinLineComments(
  source: string,
  ranges: readonly ts.CommentRange[],
  lineAt: (position: number) => number,
): SourceText[] {
  const joined: { text: string; line: number; end: number; single: boolean }[] = [];
  for (const { pos, end, kind } of ranges.toSorted((a, b) => a.pos - b.pos)) {
    const single = kind === ts.SyntaxKind.SingleLineCommentTrivia;
    const text = source.slice(pos, end);
    const last = joined.at(-1);
    if (last?.single && single && /^\n[ \t]*$/.test(source.slice(last.end, pos))) {
      last.text += `\n${text}`;
      last.end = end;
    } else joined.push({ text, line: lineAt(pos), end, single });
  }
  return joined.flatMap(({ text, line }) => readProse(stripMarkers(text), line, 'comment'));
}

const stripMarkers = (comment: string): string =>
  comment.replace(/^\/\*\*?|\*\/$/g, '').replace(/^[ \t]*(?:\/\/+|\*)[ \t]?/gm, '');

/** Returns the comments of a style sheet. */
export const readStyles = (source: string): SourceText[] =>
  [...source.matchAll(/\/\*[^]*?\*\//g)].flatMap(({ 0: text, index }) =>
    readProse(stripMarkers(text), countLines(source, index), 'comment'),
  );

/** Returns the comments of a shell script, an environment file or a YAML file. */
export const readHashComments = (source: string): SourceText[] =>
  [...source.matchAll(/(?<=^|\s)#[ \t](.*)$/gm)].flatMap(({ 1: text = '', index }) =>
    readProse(text, countLines(source, index), 'comment'),
  );

/** Returns the comments and the strings of a YAML file. */
export function readYaml(source: string): SourceText[] {
  const lines = new LineCounter();
  const texts: SourceText[] = readHashComments(source);
  for (const document of parseAllDocuments(source, { lineCounter: lines }))
    visit(document, {
      Scalar: (_, node) => {
        if (isScalar(node) && typeof node.value === 'string')
          texts.push(...readString(node.value, lines.linePos(node.range?.[0] ?? 0).line));
      },
    });
  return texts;
}

interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly MarkdownNode[];
  readonly position: { readonly start: { readonly line: number } };
}

/** Nodes of a Markdown document that are one text each. */
const BLOCKS = new Set(['paragraph', 'heading', 'tableCell', 'sentence']);

/** Returns the paragraphs, headings, table cells and code of a document. */
export function readMarkdown(source: string): SourceText[] {
  const root = parsers.markdown.parse(source, {} as never) as MarkdownNode;
  const read = (node: MarkdownNode): SourceText[] => {
    const { line } = node.position.start;
    if (node.type === 'code')
      return splitNames(node.value ?? '').map((text) => ({ kind: 'name', text, line }));
    if (BLOCKS.has(node.type)) return readProse(toText(node), line, 'prose');
    return (node.children ?? []).flatMap(read);
  };
  return read(root);
}

function toText(node: MarkdownNode): string {
  if (node.type === 'inlineCode') return `\`${node.value}\``;
  if (node.type === 'break') return '\n';
  return node.children ? node.children.map(toText).join('') : (node.value ?? '');
}

/** Returns prose without its code, and the names in its code. */
export function readProse(text: string, line: number, kind: 'comment' | 'prose'): SourceText[] {
  const code = [...text.matchAll(CODE)].flatMap(({ 0: span, index }) =>
    splitNames(span).map((name) => ({
      kind: 'name' as const,
      text: name,
      line: line + countLines(text, index) - 1,
    })),
  );
  return [
    { kind, text: text.replace(CODE, (span) => `\`${'\n'.repeat(span.split('\n').length - 1)}\``), line },
    ...code,
  ];
}

/** Code in prose: spans, links to symbols, addresses and snake case. */
const CODE = /`[^`]*`|\{@link [^}]*\}|\bhttps?:\S+|\b\w+(?:[_/]\w+)+\b/g;

const splitNames = (code: string): string[] => code.match(/(?<![-\w])[A-Za-z][\w-]*/g) ?? [];

const countLines = (source: string, index: number): number => source.slice(0, index).split('\n').length;
