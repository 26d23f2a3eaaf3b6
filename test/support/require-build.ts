import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../deploy/local/services.ts';

/**
 * Vitest's global setup for specs that start built services. The compiler itself decides whether the build is current.
 * @throws Error with the first reason if it is absent, or older than the sources
 */
export default function requireBuild(): void {
  const reason = findReasonToBuild(root);
  if (reason === undefined) return;
  throw new Error(
    `These specs start built services, and the build is not current: run npm run build\n${reason}`,
  );
}

/** Returns why `tsc -b` would build something, or `undefined` if the build is current. */
export function findReasonToBuild(directory: string): string | undefined {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const args = [tsc, '-b', 'tsconfig.build.json', '--dry', '--verbose'];
  const output = execFileSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  return /Project .* is out of date because .*/.exec(output)?.[0];
}
