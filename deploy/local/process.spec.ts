import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts, isFree } from './ports.ts';
import { type OutputLine, startProcess } from './process.ts';
import { VirtualClock } from '@film-store/core/testing';

function start(script: string, options: { onLine?: (line: OutputLine) => void; clock?: VirtualClock } = {}) {
  const child = startProcess({ args: ['-e', script], cwd: '.', env: process.env, ...options });
  onTestFinished(() => child.kill('SIGKILL'));
  return child;
}

describe('a process', () => {
  it('passes every line of output on before its exit resolves', async () => {
    const lines: OutputLine[] = [];
    const child = start('console.log("a\\nb"); console.error("c"); process.stdout.write("d")', {
      onLine: (line) => lines.push(line),
    });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual([
      'a',
      'b',
      'd',
    ]);
    expect(lines.filter(({ stream }) => stream === 'stderr').map(({ text }) => text)).toEqual(['c']);
  });

  it('keeps its last twenty lines', async () => {
    const child = start('for (let i = 1; i <= 30; i++) console.log(i)');
    await child.exited;
    expect(child.lastLines()).toHaveLength(20);
    expect(child.lastLines()[0]).toBe('11');
  });

  it('is killed ten seconds after a SIGTERM that it ignores', async () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const child = start(
      'process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000); console.log("up")',
      {
        clock,
        onLine: ({ text }) => lines.push(text),
      },
    );
    await expect.poll(() => lines).toEqual(['up']);
    const stopped = child.stop();
    expect(child.stop()).toBe(stopped);
    await expect.poll(() => lines).toEqual(['up', 'no']);
    clock.advance(9_999);
    expect(clock.armed).toBe(1);
    clock.advance(1);
    expect(await stopped).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('ends with its children', async () => {
    const [port = 0] = await freePorts(1);
    const listener = `require("node:net").createServer().listen(${port}, () => console.log("up"))`;
    const lines: string[] = [];
    const child = start(
      `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(listener)}], { stdio: "inherit" })`,
      { onLine: ({ text }) => lines.push(text) },
    );
    await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['up']);
    child.kill('SIGTERM');
    await child.exited;
    await expect.poll(() => isFree(port), { timeout: 20_000 }).toBe(true);
  });
});
