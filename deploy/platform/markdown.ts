const FENCE = /^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2`*~*$/gm;
const CODE_SPAN = /`[^`\n]*`/g;
const INLINE_LINK = /\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g;
const REFERENCE = /^\[[^\]]+\]:\s+(\S+)/gm;
const OTHER_SITE = /^[a-z][a-z0-9+.-]*:/i;

/** Cells of a table. An absent cell is empty. */
export type Row = readonly (string | undefined)[];

/** Returns a Markdown table with columns of one width, as Prettier writes it. */
export function toTable(head: Row, rows: readonly Row[]): string {
  const cells = [head, ...rows].map((row) =>
    head.map((_, column) => row[column]?.replaceAll('|', '\\|') ?? ''),
  );
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const toLine = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return cells.toSpliced(1, 0, rule).map(toLine).join('\n');
}

/** Returns the targets of links and pictures that are files of the repository, with their anchors. */
export function relativeLinks(markdown: string): string[] {
  const text = markdown.replace(FENCE, '').replace(CODE_SPAN, '');
  return [...text.matchAll(INLINE_LINK), ...text.matchAll(REFERENCE)]
    .map(([, target = '']) => target)
    .filter((target) => !OTHER_SITE.test(target));
}

/** Returns the ids that GitHub gives the headings of a document. */
export function headingIds(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...markdown.replace(FENCE, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const id = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    const earlier = seen.get(id) ?? 0;
    seen.set(id, earlier + 1);
    return earlier === 0 ? id : `${id}-${earlier}`;
  });
}
