import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningProcess, startProcess } from '../../../deploy/local/process.ts';
import { inspect, inspectorUrl } from './inspector.ts';
import { readProcessMetrics } from './process-metrics.ts';

/** Has released half of 40 MiB, and keeps ten timers. */
const PROGRAM = `
  globalThis.kept = Array.from({ length: 40 }, () => Array.from({ length: 2 ** 17 }, (_, nth) => nth + 0.5));
  globalThis.kept.length = 20;
  for (let nth = 0; nth < 10; nth++) setInterval(() => undefined, 60_000);
  setInterval(() => undefined, 60_000).unref();
  console.log('runs');
`;

let program: RunningProcess;
let url = '';

beforeAll(async () => {
  const { promise: runs, resolve } = Promise.withResolvers<void>();
  program = startProcess({
    args: ['--inspect=127.0.0.1:0', '-e', PROGRAM],
    cwd: '/',
    env: process.env,
    onLine: ({ text }) => {
      url = inspectorUrl(text) ?? url;
      if (text === 'runs') resolve();
    },
  });
  await runs;
});
afterAll(() => program.stop());

it('reports the memory that a process holds, not what it has released', async () => {
  const { heapMiB, handles, rssMiB, externalMiB, loopDelayMs } = await readProcessMetrics(program.pid, url);
  expect(heapMiB).toBeGreaterThan(20);
  expect(heapMiB).toBeLessThan(30);
  // The handles that keep the process alive, and those of its standard streams.
  expect(handles).toBeGreaterThanOrEqual(10);
  expect(handles).toBeLessThan(15);
  expect(rssMiB).toBeGreaterThan(heapMiB);
  expect(externalMiB).toBeGreaterThan(0);
  expect(loopDelayMs).toBe(0);
});

it.skipIf(process.platform !== 'linux')('leaves nothing open', async () => {
  const first = await readProcessMetrics(program.pid, url);
  const second = await readProcessMetrics(program.pid, url);
  expect(first.files).toBeGreaterThan(first.sockets!);
  expect([second.files, second.sockets, second.handles]).toEqual([first.files, first.sockets, first.handles]);
});

it('reports errors of the process', async () => {
  await expect(inspect(url, (call) => call('No.method'))).rejects.toThrow("'No.method' wasn't found");
  await expect(
    inspect(url, (call) => {
      program.kill('SIGKILL');
      return call('Runtime.evaluate', { expression: 'for (;;);' });
    }),
  ).rejects.toThrow('lost the inspector at ws://127.0.0.1:');
});
