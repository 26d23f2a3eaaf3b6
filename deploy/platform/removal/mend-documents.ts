import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { headingIds, relativeLinks } from '../markdown.ts';
import { git } from '../working-copy.ts';

const LIST_ITEM = /^(\s*)(?:[-*]|\d+\.) +/;
/** Documents that report what was, so a removed service stays in them. */
const RECORDS = new Set(['CHANGELOG.md', 'docs/measurements.md']);
const DEFINITION = /^\[[^\]]+\]:\s/;

/**
 * Removes links to files and headings that do not exist from every Markdown document: list items and table rows that begin with
 * a broken link, and of other broken links all but their text. `service` removes what `withoutService` does as well, but not from
 * `RECORDS`. Returns the paths of changed documents.
 */
export async function mendDocuments(root: string, service?: string): Promise<string[]> {
  const paths = (await git(root, 'ls-files', '--', '*.md')).split('\n').filter((path) => path !== '');
  const texts = new Map<string, string>();
  for (const path of paths)
    if (existsSync(join(root, path))) texts.set(path, await readFile(join(root, path), 'utf8'));
  const isBroken = (document: string, link: string): boolean => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
    if (!existsSync(join(root, target))) return true;
    const text = texts.get(target);
    return anchor !== undefined && text !== undefined && !headingIds(text).includes(anchor);
  };
  const changed: string[] = [];
  for (const [path, text] of texts) {
    const unlinked = withoutLinks(text, (link) => isBroken(path, link));
    const mended = service !== undefined && !RECORDS.has(path) ? withoutService(unlinked, service) : unlinked;
    if (mended === text) continue;
    await writeFile(join(root, path), mended);
    changed.push(path);
  }
  return changed;
}

/** Returns the document without its broken links, and without the list items, table rows and definitions that begin with one. */
export function withoutLinks(text: string, isBroken: (link: string) => boolean): string {
  const broken = relativeLinks(text).filter((link) => isBroken(link));
  if (broken.length === 0) return text;
  const hasBroken = (part: string): boolean => relativeLinks(part).some((link) => broken.includes(link));
  const lines: string[] = [];
  let item: number | undefined;
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    const isBlank = line.trim() === '';
    if (item !== undefined && !isBlank && indent > item) continue;
    if (!isBlank) item = undefined;
    const [bullet, before = ''] = LIST_ITEM.exec(line) ?? [];
    if (bullet !== undefined && hasBroken(firstLink(line.slice(bullet.length)))) item = before.length;
    else if (!isBrokenRow(line, hasBroken) && !(DEFINITION.test(line) && hasBroken(line))) lines.push(line);
  }
  return broken.reduce((rest, link) => unlink(rest, link), lines.join('\n'));
}

/** Checks if a table row begins with a broken link, or has no other links. */
function isBrokenRow(line: string, hasBroken: (part: string) => boolean): boolean {
  if (!line.startsWith('|')) return false;
  const links = relativeLinks(line);
  return (
    hasBroken(line.split('|')[1] ?? '') ||
    (links.length > 0 && links.every((link) => hasBroken(`[](${link})`)))
  );
}

/**
 * Returns the document without the table rows whose first cell names a service or whose last cell is about it, as in
 * `reviews: Poller`, and without the lines of Mermaid pictures that name it.
 */
export function withoutService(text: string, service: string): string {
  const names = (part: string | undefined): boolean =>
    part?.split(/[^\w-]+/).some((word) => word === service || word.startsWith(`${service}-`)) ?? false;
  let fence = '';
  const kept = text.split('\n').filter((line) => {
    const [opened] = /^```\w*/.exec(line.trimStart()) ?? [];
    if (opened !== undefined) fence = fence === '' ? opened : '';
    if (fence === '```mermaid') return !names(line);
    if (fence !== '' || !line.startsWith('|')) return true;
    const cells = line.split('|').slice(1, -1);
    return !names(cells[0]) && !cells.at(-1)?.trimStart().startsWith(`${service}:`);
  });
  return kept.join('\n');
}

/** Returns the link that a list item begins with, or nothing. */
const firstLink = (item: string): string => /^\**\[[^\]]*\]\([^)]*\)/.exec(item)?.[0] ?? '';

function unlink(text: string, link: string): string {
  const end = `](${link})`;
  let rest = text;
  for (let at = rest.indexOf(end); at >= 0; at = rest.indexOf(end)) {
    const start = rest.lastIndexOf('[', at);
    const isPicture = rest[start - 1] === '!';
    const words = isPicture ? '' : rest.slice(start + 1, at);
    rest = rest.slice(0, isPicture ? start - 1 : start) + words + rest.slice(at + end.length);
  }
  return rest;
}
