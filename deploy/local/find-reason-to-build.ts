import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './services.ts';

/** Returns why `tsc -b` would build something, or `undefined` if the build is current. */
export function findReasonToBuild(directory: string): string | undefined {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-b', 'tsconfig.build.json', '--dry', '--verbose'];
  const output = execFileSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  return /Project .* is out of date because .*/.exec(output)?.[0];
}
