import { z } from 'zod';
import { build } from '../../deploy/local/build.ts';
import { sendCommand } from '../../deploy/local/control.ts';
import { PortsError, assertPortsFree, readPorts } from '../../deploy/local/ports.ts';
import { type Ports, publicService, root, servicesByPort } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { readCommand } from '../support/command.ts';
import { listCauses, owners } from './causes.ts';
import { checkCommand } from './commands.ts';
import type { Game } from './game.ts';
import { type Played, play } from './play.ts';
import { percent } from './report.ts';

/*
 * `npm run gameday` starts a store with a hidden fault. `npm run gameday -- COMMAND` sends a command to the game that runs. The
 * exit code is 0, 1 if too few causes were found or a command failed, and 2 for invalid arguments.
 */
const USAGE = `npm run gameday -- [--seed N] [--seeds 1..100] [--role human|script] [--without-runbooks]
       npm run gameday -- causes                lists the possible causes
       npm run gameday -- answer CAUSE …        names the cause, or all of them
       npm run gameday -- alerts                lists the alerts that fire
       npm run gameday -- status                lists the processes
       npm run gameday -- start|kill|stop NAME  operates a process; the store restarts a killed one
       npm run gameday -- call OWNER            calls ${owners.join(', ')} for a repair
       npm run gameday -- stop                  ends the game`;
/** Share of the games whose cause the script must find with the runbooks: 16 of 20. */
const FOUND_SHARE = 0.8;

const command = z.object({
  requested: z.array(z.string()),
  seed: z.coerce.number().int().min(0).exactOptional(),
  seeds: z.coerce.number().int().min(1).max(100).default(1),
  role: z.enum(['human', 'script']).default('human'),
  'without-runbooks': z.boolean().default(false),
});

process.chdir(root);
const { requested, seed, seeds, role, 'without-runbooks': withoutRunbooks } = readCommand(command, USAGE);
const stops: Stops[] = [];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => {
    void Promise.allSettled(stops.map((each) => each.stop())).then(() => process.exit(130));
  });

if (requested[0] === 'causes') console.log(listCauses());
else if (requested.length > 0) process.exitCode = await send(requested);
else if (role === 'human' && seeds > 1) fail('--seeds needs --role script', 2);
else if (role === 'human') await playByHand(seed ?? Date.now() % 1_000_000);
else await playAll(seed ?? 1);

function fail(message: string, code: number): void {
  console.error(message);
  process.exitCode = code;
}

async function send(words: readonly string[]): Promise<number> {
  const problem = checkCommand(words);
  if (problem !== undefined) {
    console.error(`${problem}\nusage: ${USAGE}`);
    return 2;
  }
  try {
    console.log(await sendCommand(readPorts(process.env)[publicService.name], words.join(' ')));
    return 0;
  } catch {
    console.error('no game day runs on this port: start one with npm run gameday in another terminal');
    return 1;
  }
}

async function playByHand(chosen: number): Promise<void> {
  let ports: Ports;
  try {
    ports = readPorts(process.env);
    await assertPortsFree(ports);
  } catch (error) {
    if (!(error instanceof PortsError)) throw error;
    // Its advice names the demo.
    return fail(error.message.replaceAll('npm run demo', 'npm run gameday'), 1);
  }
  console.log(`seed ${chosen}; the store starts`);
  const result = await start({
    seed: chosen,
    role: 'human',
    withRunbooks: true,
    ports,
    logs: '.data/logs',
    print: (line) => console.log(`  ${line}`),
    onStart: introduce,
  });
  print(result);
}

function introduce({ store }: Game): void {
  for (const { name, portVariable } of servicesByPort)
    console.log(
      `  ${name.padEnd(16)} ${store.parts.find((part) => part.name === name)?.port} (${portVariable})`,
    );
  console.log(`The store runs under load: ${store.url}. Within two minutes something breaks.
Use the pages in deploy/runbooks, the logs in .data/logs, /metrics, /ops/traces, /ops/resilience and /ops/breakers/NAME.
  npm run gameday -- alerts          what fires now
  npm run gameday -- causes          the possible causes
  npm run gameday -- answer CAUSE …  your conclusion
The game ends when the cause is named and the store is restored, or with npm run gameday -- stop.`);
  // #region part: flags
  console.log(`The flags of this store: ${store.flagsFile}`);
  // #endregion part: flags
}

async function playAll(first: number): Promise<void> {
  const results: Played[] = [];
  for (let nth = 0; nth < seeds; nth++) {
    const result = await start({
      seed: first + nth,
      role: 'script',
      withRunbooks: !withoutRunbooks,
      print: () => undefined,
    });
    results.push(result);
    console.log(toLine(first + nth, result));
  }
  const found = results.filter(({ score }) => score.found).length;
  console.log(`${found} of ${seeds} found ${withoutRunbooks ? 'without' : 'with'} runbooks`);
  if (!withoutRunbooks && found < FOUND_SHARE * seeds) process.exitCode = 1;
}

async function start(options: Parameters<typeof play>[0]): Promise<Played> {
  const own = new Stops();
  stops.push(own);
  await build(root, (compiler) => own.add(compiler));
  return play(options, own);
}

function toLine(chosen: number, { outcome, score, report }: Played): string {
  const { hidden, named, restoredMs, harm } = outcome;
  const restored = restoredMs === undefined ? 'not restored' : `${(restoredMs / 1000).toFixed(0)} s`;
  return [
    `${score.found ? '✓' : '✗'} seed ${chosen}`.padEnd(10),
    hidden.join(' + ').padEnd(42),
    `named ${named.at(-1)?.join(' + ') || 'nothing'}`.padEnd(48),
    restored.padEnd(13),
    `budget ${percent(score.burnt)}`.padEnd(16),
    `harm ${harm.length}`.padEnd(8),
    `${score.points} points`.padEnd(11),
    report,
  ].join(' ');
}

function print({ outcome, score, report }: Played): void {
  const { hidden, restoredMs, burns, harm } = outcome;
  console.log(`The cause was ${hidden.join(' + ')}: ${score.found ? 'found' : 'not found'}.
Minutes to mitigation: ${restoredMs === undefined ? 'not restored' : (restoredMs / 60_000).toFixed(1)}
Error budget of 30 days used: ${burns.map(({ objective, burnt }) => `${objective} ${percent(burnt)}`).join(', ')}
Harm: ${harm.join('; ') || 'none'}
Points: ${score.points} of 100
Timeline: ${report}`);
}
