import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../deploy/local/services.ts';

/*
 * `npm test` lints, builds and tests everything. `npm test -- PATH …` builds and runs only the specs of these paths; other
 * options of Vitest work too.
 */
const chosen = process.argv.slice(2);
const npm = process.env['npm_execpath'];

async function runNode(...args: string[]): Promise<boolean> {
  const [code] = await once(spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }), 'exit');
  return code === 0;
}
const runScript = async (name: string): Promise<boolean> =>
  npm !== undefined && (await runNode(npm, 'run', '--silent', name));

// Both use one processor most of the time, and neither writes what the other reads.
const prepared = await Promise.all((chosen.length > 0 ? ['build'] : ['lint', 'build']).map(runScript));
const passed =
  prepared.every(Boolean) && (await runNode(join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...chosen));
process.exitCode = passed ? 0 : 1;
