import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `npm test` tells its scripts about itself, which an npm of another folder must not take for its own. */
const OWN = /^npm_(?:package_|lifecycle_|config_(?:local_prefix|workspaces?)$)|^INIT_CWD$/;

/**
 * Runs npm in a folder.
 * @returns what it printed
 * @throws Error with what it printed
 */
export async function npm(cwd: string, ...args: string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name)));
  const { stdout, stderr } = await run('npm', args, { cwd, env });
  return stdout + stderr;
}
