import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../deploy/local/services.ts';

/*
 * `npm test` lints, builds and tests everything. `npm test -- PATH …` builds and runs only the specs of these paths; other
 * options of Vitest work too.
 */
const chosen = process.argv.slice(2);
const npm = process.env['npm_execpath'];

const runNode = (...args: string[]): boolean =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
const runScript = (name: string): boolean => npm !== undefined && runNode(npm, 'run', '--silent', name);

const passed =
  (chosen.length > 0 || runScript('lint')) &&
  runScript('build') &&
  runNode(join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...chosen);
process.exitCode = passed ? 0 : 1;
