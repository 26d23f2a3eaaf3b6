// Loaded with `node --import` into the profiled process: samples its main thread between two requests to `PROFILER_PORT`.
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';

/** Time on the main thread in functions of one name and file, without the functions that they call. */
export interface SelfTime {
  readonly functionName: string;
  /** Address of the file. Empty for code of V8 and of Node in C++. */
  readonly url: string;
  /** In microseconds. */
  readonly us: number;
}

/** Time between two samples, in microseconds. A sample counts the time on the wall, also without a processor. */
const SAMPLE_US = 250;

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
let isRunning = false;

/** The first request starts the profile, and the second one returns its times. */
createServer((_request, response) => {
  void (isRunning ? stop() : start()).then((times) => response.end(JSON.stringify(times)));
}).listen(Number(process.env['PROFILER_PORT']), '127.0.0.1');

async function start(): Promise<readonly SelfTime[]> {
  isRunning = true;
  await session.post('Profiler.start');
  return [];
}

async function stop(): Promise<readonly SelfTime[]> {
  const { nodes, samples = [], timeDeltas = [] } = (await session.post('Profiler.stop')).profile;
  isRunning = false;
  const usById = new Map<number, number>();
  for (const [index, id] of samples.entries())
    usById.set(id, (usById.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  return nodes.map(({ id, callFrame: { functionName, url } }) => ({
    functionName,
    url,
    us: usById.get(id) ?? 0,
  }));
}
