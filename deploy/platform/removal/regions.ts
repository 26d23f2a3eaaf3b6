import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../working-copy.ts';

/** Marks a row of a Markdown table, where no line may stand between the rows. */
const ROW = /^\|.*<!-- part: ([a-z][a-z0-9-]*) -->/;
const MARK = /^\s*(?:\/\/|#|<!--|\/\*)\s*#(region|endregion) part: ([a-z][a-z0-9-]*)/;

/** Returns the names of the parts that have a region in the text, once for each region. @throws Error as `withoutRegions` does */
export function findRegions(text: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const [, mark, name = ''] = MARK.exec(line) ?? [];
    if (mark === 'region') {
      open.push(name);
      names.push(name);
    } else if (mark === 'endregion' && open.pop() !== name)
      throw new Error(`line ${index + 1} ends the region of ${name}, which is not the last one that began`);
  }
  if (open.length > 0) throw new Error(`the region of ${open.join(', ')} does not end`);
  return names;
}

/** Returns the text without the regions and the marked table rows of a part. @throws Error if a region does not end, or not inside the region around it */
export function withoutRegions(text: string, part: string): string {
  const rows = text.split('\n').filter((line) => ROW.exec(line)?.[1] !== part);
  if (!findRegions(text).includes(part)) return rows.join('\n');
  let depth = 0;
  const kept: string[] = [];
  for (const line of rows) {
    const [, mark, name] = MARK.exec(line) ?? [];
    if (name === part) depth += mark === 'region' ? 1 : -1;
    else if (depth > 0) continue;
    // Nothing is left of a region that only had lines of the part.
    else if (mark === 'endregion' && MARK.exec(kept.at(-1) ?? '')?.[1] === 'region') kept.pop();
    else kept.push(line);
  }
  return kept.join('\n');
}

/** Deletes the regions and marked table rows of a part in every tracked file, and returns the paths of the files that had one. */
export async function deleteRegions(root: string, part: string): Promise<string[]> {
  const found = await git(root, 'grep', '-lIE', `(region|<!--) part: ${part}`).catch(() => '');
  const paths = found.split('\n').filter(Boolean);
  const changed: string[] = [];
  for (const path of paths) {
    const text = await readFile(join(root, path), 'utf8').catch(() => '');
    const rest = removeRegions(path, text, part);
    if (rest === text) continue;
    await writeFile(join(root, path), rest);
    changed.push(path);
  }
  return changed;
}

function removeRegions(path: string, text: string, part: string): string {
  try {
    return withoutRegions(text, part);
  } catch (cause) {
    throw new Error(`cannot read the regions of ${path}`, { cause });
  }
}
