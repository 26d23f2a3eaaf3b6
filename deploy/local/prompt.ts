import { createInterface } from 'node:readline';
import type { Stoppable } from './stops.ts';
import type { Terminal } from './terminal.ts';

/** Reads commands from the standard input, one per line, one at a time. The end of the input does not stop the demo. */
export function startPrompt(terminal: Terminal, execute: (line: string) => Promise<string>): Stoppable {
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const lines = createInterface({ input: process.stdin, ...(interactive && { output: process.stdout }) });
  let last = Promise.resolve();
  const run = async (line: string) => {
    const text = await execute(line);
    if (text) terminal.print(text);
  };
  lines.on('line', (line) => {
    if (interactive) terminal.entered(`${lines.getPrompt()}${line}`);
    last = last.then(() => run(line));
  });
  // In raw mode Ctrl-C is a character instead of a signal.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  lines.on('close', () => terminal.keepBelow(undefined));
  if (interactive) terminal.keepBelow(() => lines.prompt(true));
  return {
    async stop() {
      lines.close();
    },
  };
}
