// Loaded with `node --import` into the measured process: reports its resource usage, including all threads.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface ProcessUsage {
  /** User and system time, in microseconds. */
  readonly cpuUs: number;
  /** Largest memory so far without pages of files, which the kernel drops before it kills a container. In MiB. */
  readonly peakMiB: number;
  /** Delay of the event loop since the last reset, in milliseconds: 99th percentile and maximum. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
}

const SAMPLE_MS = 10;
const MEMORY_SAMPLE_MS = 100;
const delay = monitorEventLoopDelay({ resolution: SAMPLE_MS });
delay.enable();

/** A sample contains the time between two samples. */
const toMs = (ns: number): number => Math.max(0, ns / 1e6 - SAMPLE_MS);

function readMiB(): number {
  try {
    return Number(/^RssAnon:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  } catch {
    // Other systems than Linux.
    return process.memoryUsage.rss() / 2 ** 20;
  }
}

let peakMiB = 0;
setInterval(() => (peakMiB = Math.max(peakMiB, readMiB())), MEMORY_SAMPLE_MS).unref();

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// `/reset` also begins a new period of the event loop.
createServer(({ url }, response) => {
  const { user, system } = process.cpuUsage();
  const usage: ProcessUsage = {
    cpuUs: user + system,
    peakMiB,
    delayP99Ms: toMs(delay.percentile(99)),
    delayMaxMs: toMs(delay.max),
  };
  if (url === '/reset') delay.reset();
  response.end(JSON.stringify(usage));
}).listen(Number(process.env['USAGE_PORT']), '127.0.0.1');
