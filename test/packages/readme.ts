import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Snippet {
  /** Packages that the reader installs in addition to the tarball. */
  readonly packages: readonly string[];
  /** A complete file that exports `AppModule` and, if the adapter needs it, `configure(app)`. */
  readonly source: string;
}

/** Reads the `npm i` line and the TypeScript from the section "Without the platform" of a library's README. */
export async function readSnippet(library: string): Promise<Snippet> {
  const path = join(import.meta.dirname, '../../libs', library, 'README.md');
  const section = /^## Without the platform\n(.*?)(?=^## |$(?![^]))/ms.exec(
    await readFile(path, 'utf8'),
  )?.[1];
  const command = /^npm i (.*)$/m.exec(section ?? '')?.[1];
  const source = /^```ts\n(.*?)^```/ms.exec(section ?? '')?.[1];
  if (command === undefined || source === undefined)
    throw new Error(`${path} has no section "Without the platform" with an npm i line and a ts block`);
  return { packages: command.split(' ').filter((name) => !name.endsWith('.tgz')), source };
}
