import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, createReadStream, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { defaultResource } from '@opentelemetry/resources';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { requestContext } from '@film-store/core';

// An instrument that is created before metrics start counts nothing, so the output is loaded later.
const { metricsText, startMetrics } = await import('./metrics.ts');
await startMetrics({}, defaultResource());
const { LogOutput } = await import('./log-output.ts');

const MAX_WAITING_BYTES = 100_000;
/** Far more than a pipe of 64 KiB and the waiting lines hold. */
const LINES = 5000;

let directory: string;
let pipe: string;
let fd: number;
/** The arguments of `onResumed`. */
let resumed: number[];
let output: InstanceType<typeof LogOutput>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'log-output-'));
  pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Open for reading and writing, so that it opens without a reader. A write blocks while the pipe is full.
  fd = openSync(pipe, constants.O_RDWR);
  resumed = [];
  output = new LogOutput({
    fd,
    maxWaitingBytes: MAX_WAITING_BYTES,
    onResumed: (lines) => resumed.push(lines),
  });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const toLine = (n: number): string => `${String(n).padStart(100)}\n`;
const fill = (): void => {
  for (let n = 0; n < LINES; n += 1) output.write(toLine(n));
};
function read(): string[] {
  const lines: string[] = [];
  createInterface({ input: createReadStream(pipe) }).on('line', (line) => lines.push(line));
  return lines;
}
const countDropped = async (): Promise<number> =>
  Number(/^log_lines_dropped_total (\d+)$/m.exec(await metricsText())?.[1]);

it('drops and counts lines above the bound, and reports them once when reading resumes', async () => {
  const before = await countDropped();
  fill();
  expect(LINES - ((await countDropped()) - before)).toBeLessThanOrEqual(MAX_WAITING_BYTES / 101);
  expect(resumed).toEqual([]);
  const lines = read();
  await vi.waitFor(() => expect(resumed).toHaveLength(1), { timeout: 60_000 });
  const dropped = (await countDropped()) - before;
  expect(resumed).toEqual([dropped]);
  output.write('later\n');
  await vi.waitFor(() => expect(lines.at(-1)).toBe('later'), { timeout: 60_000 });
  expect(lines.slice(0, -1)).toEqual(Array.from({ length: LINES - dropped }, (_, n) => toLine(n).trimEnd()));
  expect(resumed).toHaveLength(1);
});

it('reports dropped lines outside of any request', async () => {
  const contexts: unknown[] = [];
  output = new LogOutput({
    fd,
    maxWaitingBytes: MAX_WAITING_BYTES,
    onResumed: () => contexts.push(requestContext.get()),
  });
  requestContext.run({ requestId: 'r-1', deadline: 1, priority: 'normal' }, fill);
  read();
  await vi.waitFor(() => expect(contexts).toEqual([undefined]), { timeout: 60_000 });
});

it('ends when all waiting lines and the report of dropped lines are written', async () => {
  fill();
  const ended = output.end();
  const lines = read();
  await ended;
  expect(resumed).toHaveLength(1);
  await vi.waitFor(() => expect(lines).toHaveLength(LINES - (resumed[0] ?? 0)), { timeout: 60_000 });
});

const logger = JSON.stringify(new URL('./logger.ts', import.meta.url).href);
/** Runs code in a process with `createLogger`. */
const run = (code: string) =>
  spawn(
    process.execPath,
    [
      '--conditions=source',
      '--input-type=module',
      '-e',
      `const { createLogger } = await import(${logger}); ${code}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UV_THREADPOOL_SIZE: '1' } },
  );

it('loses no line that fits the pipe when the process is killed', async () => {
  // One thread works in order: the line is written before the result of `stat` arrives.
  const code = `
    const { stat } = await import('node:fs/promises');
    createLogger('films', 'info').info('the last line');
    await stat('.');
    process.kill(process.pid, 'SIGKILL');`;
  expect(await text(run(code).stdout)).toContain('the last line');
});

it('does not block the process after a fatal line without a reader', async () => {
  const code = `
    const logger = createLogger('films', 'info');
    for (let n = 0; n < 5000; n += 1) logger.info('x'.repeat(500));
    logger.fatal('the end');
    process.kill(process.pid, 'SIGKILL');`;
  const unread = run(code);
  const signal = await new Promise((resolve) => unread.once('exit', (_, name) => resolve(name)));
  expect(signal).toBe('SIGKILL');
});

it('drops lines after the end', async () => {
  // Without it the pipe would be empty again if the output closed it before the reader has opened it.
  const keptOpen = openSync(pipe, constants.O_RDWR);
  const lines = read();
  output.write(toLine(1));
  await output.end();
  expect(() => output.write(toLine(2))).not.toThrow();
  await expect.poll(() => lines).toEqual([toLine(1).trimEnd()]);
  closeSync(keptOpen);
});
