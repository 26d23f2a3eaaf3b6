import { readFileSync, readdirSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, extname, join } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page needs no build, so source and compiled gateway serve the same files. */
const folder = join(dirname(findPackageJSON(import.meta.url)!), 'apps/gateway/control-room');
const uplot = dirname(createRequire(import.meta.url).resolve('uplot'));

/**
 * Reads all files of the control room by name. Requests cannot reach other files.
 * @param subfolder whose files are read instead of those of the folder
 */
export function readPageFiles(subfolder = ''): ReadonlyMap<string, PageFile> {
  const own = readdirSync(join(folder, subfolder)).map((name) => join(folder, subfolder, name));
  const plots = [join(uplot, 'uPlot.esm.js'), join(uplot, 'uPlot.min.css')];
  const files = new Map<string, PageFile>();
  for (const path of [...own, ...plots]) {
    const type = types[extname(path)];
    if (type !== undefined)
      files.set(path.slice(dirname(path).length + 1), { type, body: readFileSync(path) });
  }
  return files;
}
