import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { UsageError } from './command.ts';
import { onInterrupt } from './interrupt.ts';

/**
 * Runs `npm run platform -- WORDS` with the code of the repository `root`, and returns what it printed. A command that renames
 * or removes code cannot be followed by another one in the same process, which has the old code.
 * @throws UsageError with the output, if the command fails
 */
export async function runPlatformIn(root: string, ...words: string[]): Promise<string> {
  const script = join(root, 'deploy', 'platform', 'platform.ts');
  const { code, output } = await runProcess(root, process.execPath, [script, ...words]);
  if (code === 0) return output;
  const reason = output.replace(/\n?Nothing was changed\.\s*$/, '').trimEnd();
  throw new UsageError(
    `This command failed: ${words.filter((word) => word !== '--in-place').join(' ')}\n${reason}`,
  );
}

/** Runs a program to its end. A signal that ends this process ends the program too. */
export function runProcess(
  directory: string,
  program: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number; output: string }>();
  const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = onInterrupt(() => child.kill());
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.once('error', reject);
  child.once('close', (code) => resolve({ code: code ?? 1, output }));
  return promise.finally(release);
}
