import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runOpenLoop } from './open-loop.ts';
import { percentile } from './percentiles.ts';

/*
 * `npm run load -- [--rps N] [--seconds S] [URL …]` puts a constant load on each URL in turn and prints what its
 * users would have seen. Only addresses of this machine are accepted.
 */
const USAGE = 'npm run load -- [--rps 1..1000] [--seconds 1..600] [http://localhost:PORT/PATH …]';

const loopback = z.url({ protocol: /^http$/, hostname: /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/ });
const load = z.object({
  rps: z.coerce.number().int().min(1).max(1000).default(50),
  seconds: z.coerce.number().int().min(1).max(600).default(20),
  urls: z.array(loopback),
});
const STORE = 'http://localhost:3000';
const PAGES = [`${STORE}/api/home`, `${STORE}/api/products`, `${STORE}/api/products/the-dark-knight-2008`];

const { values, positionals } = parseArgs({
  options: { rps: { type: 'string' }, seconds: { type: 'string' } },
  allowPositionals: true,
});
const asked = load.safeParse({ ...values, urls: positionals.length > 0 ? positionals : PAGES });
if (!asked.success) {
  console.error(`${z.prettifyError(asked.error)}\nusage: ${USAGE}`);
  process.exit(2);
}

const columns = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
  ['max', 1],
] as const;

const { rps, seconds, urls } = asked.data;
for (const url of urls) {
  console.log(`${url}: ${rps} requests a second for ${seconds} s`);
  const { latencies, statuses } = await runOpenLoop({ url, rps, seconds }, (second) => {
    if (process.stdout.isTTY) process.stdout.write(`\r  ${second} s of ${seconds} s `);
  });
  if (process.stdout.isTTY) process.stdout.write('\r');
  const sorted = latencies.toSorted((a, b) => a - b);
  const answers = [...statuses].map(([status, count]) => `${count} × ${status}`);
  console.log(`  ${columns.map(([name]) => name.padStart(11)).join('')}   answers`);
  const row = columns.map(([, share]) => `${percentile(sorted, share).toFixed(1)} ms`.padStart(11));
  console.log(`  ${row.join('')}   ${answers.join(', ')}`);
}
