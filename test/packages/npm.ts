import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Variables that `npm test` sets for its scripts. An npm in another folder must not inherit them. */
const OWN = /^npm_(?:package_|lifecycle_|config_(?:local_prefix|workspaces?)$)|^INIT_CWD$/;

/**
 * Runs npm in a folder.
 * @returns its output
 * @throws Error with its output
 */
export async function npm(cwd: string, ...args: string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name)));
  const { stdout, stderr } = await run('npm', args, { cwd, env });
  return stdout + stderr;
}
