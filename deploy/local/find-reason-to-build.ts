import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const COMPILER = join(import.meta.dirname, '../../node_modules/@typescript/native/bin/tsc');

/** Returns why `tsc -b` would build something, or `undefined` if the build is current. */
export function findReasonToBuild(directory: string): string | undefined {
  const args = [COMPILER, '-b', 'tsconfig.build.json', '--dry', '--verbose'];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  // The compiler fails if a project is missing.
  return (
    /Project .* is out of date because .*|error TS.*/.exec(stdout)?.[0] ?? (status === 0 ? undefined : stdout)
  );
}
