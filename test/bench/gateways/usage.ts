// Loaded with `node --import` into the measured process: reports its resource usage, including all threads.
import { createServer } from 'node:http';

export interface Usage {
  /** User and system time, in microseconds. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

// An orderly exit hung once. There is nothing to save here.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
createServer((_request, response) => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
  response.end(JSON.stringify(usage));
}).listen(Number(process.env['USAGE_PORT']), '127.0.0.1');
