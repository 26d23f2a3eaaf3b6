import { join } from 'node:path';
import { type RunningProcess, startProcess } from './process.ts';

/**
 * Builds every library and service. The compiler skips what is up to date.
 * @param onStart receives the process of the compiler
 * @throws Error with the output of the compiler if it finds errors
 */
export async function build(root: string, onStart: (compiler: RunningProcess) => void): Promise<void> {
  const output: string[] = [];
  const compiler = startProcess({
    args: [join(root, 'node_modules/.bin/tsc'), '-b', 'tsconfig.build.json'],
    cwd: root,
    env: process.env,
    onLine: ({ text }) => output.push(text),
  });
  onStart(compiler);
  const { code } = await compiler.exited;
  if (code !== 0) throw new Error(['the build failed', ...output].join('\n'));
}
