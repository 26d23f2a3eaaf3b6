import { z } from 'zod';
import { root } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { type LogLine, type Store, startStore } from '../e2e/store.ts';
import { recordMeasurement } from '../docs/measurements.ts';
import { readCommand } from '../support/command.ts';
import { environmentInfo } from '../support/environment-info.ts';
import { createDatabase } from '../support/postgres.ts';
import { provideServers } from '../support/servers.ts';
import { run } from './fuzz-run.ts';

/*
 * `npm run fuzz` sends requests that fit the store's OpenAPI document, nearly fit it, or are garbage, and reports all
 * defects. The exit code is 1 with a defect, and 2 for invalid arguments.
 */
const USAGE = 'npm run fuzz -- [--cases 1..10000000] [--seed N] [--record]';
const command = z.object({
  cases: z.coerce.number().int().min(1).max(10_000_000).default(100_000),
  seed: z.coerce.number().int().min(0).max(1000).default(1),
  record: z.boolean().default(false),
});

process.chdir(root);
const { cases, seed, record } = readCommand(command, USAGE);
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
process.once('SIGTERM', () => interruption.abort());

const stops = new Stops();
try {
  stops.add({ stop: await provideServers() });
  const { TEST_DATABASE_URL: postgres, TEST_REDIS_URL: redis = '' } = process.env;
  const database = postgres ? stops.add(await createDatabase(postgres, 'fuzz')).url : '';
  const store = await startStore({ DATABASE_URL: database, REDIS_URL: redis, LOG_LEVEL: 'error' });
  stops.add({ stop: () => store.close() });
  const load = `${cases} requests, seed ${seed}, ${postgres ? 'PostgreSQL' : 'PGlite'} and ${redis ? 'Redis' : 'memory'}`;
  console.log(load);

  const every = Math.max(1, Math.floor(cases / (process.stdout.isTTY ? 1000 : 20)));
  const onProgress = (sent: number): void => {
    if (sent % every !== 0) return;
    process.stdout.write(process.stdout.isTTY ? `\r  ${sent} sent ` : `  ${sent} sent\n`);
  };
  const { findings, replies } = await run({
    port: store.ports.gateway,
    cases,
    seed,
    onProgress,
    signal: interruption.signal,
  });
  console.log(
    `\n${[...replies]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')}`,
  );
  for (const { what, command: how } of findings) console.log(`✗ ${what}\n  ${how}`);
  const dead = await whoIsDead(store);
  for (const name of dead) console.log(`✗ ${name} is dead`);
  const errors = new Map(store.log.map((line) => [formatError(line), line]));
  for (const [what, line] of errors) console.log(`✗ logged as an error: ${what}\n  ${JSON.stringify(line)}`);
  if (findings.length + dead.length + errors.size > 0) process.exitCode = 1;
  else console.log('✓ nothing found');
  const count = (name: string, value: number, goal?: string) => ({
    name,
    unit: 'count' as const,
    value,
    ...(goal && { goal }),
  });
  if (record)
    await recordMeasurement('chaos', {
      name: 'fuzz',
      question:
        'Does any request crash the store, or get a response that the OpenAPI document does not allow?',
      load,
      ...environmentInfo(),
      measured: [
        count('responses that the OpenAPI document does not allow', findings.length, '= 0'),
        count('services that crashed', dead.length, '= 0'),
        count('kinds of error in the logs', errors.size, '= 0'),
        ...[...replies].map(([status, replied]) => count(`responses: ${status}`, replied)),
      ],
    });
} finally {
  await stops.stop();
}

/** No supervisor restarts them: a running process has not crashed. */
async function whoIsDead({ ports }: Store): Promise<string[]> {
  const dead: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    const live = await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => undefined);
    if (!live?.ok) dead.push(name);
  }
  return dead;
}

function formatError(line: LogLine): string {
  const { service, event = '' } = line;
  return `${service}: ${event}`;
}
