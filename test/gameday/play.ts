import { setTimeout as sleep } from 'node:timers/promises';
import { freeServicePorts } from '../../deploy/local/ports.ts';
import { type Ports, publicService } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { seeded } from '../chaos/random.ts';
import { findPostgres } from '../support/postgres.ts';
import { toBurns } from './budget.ts';
import { causes } from './causes.ts';
import { type Game, closeGame, runGame, startGame } from './game.ts';
import { writeReport } from './report.ts';
import { awaitAlerts, followRunbooks, guess, takeActions } from './responder.ts';
import { WITHOUT_CUSTOMER } from './orders.ts';
import { type Role, drawSchedule } from './schedule.ts';
import { type Outcome, type Score, toScore } from './score.ts';

export interface PlayOptions {
  readonly seed: number;
  readonly role: Role;
  readonly withRunbooks: boolean;
  /** @default free ports */
  readonly ports?: Ports;
  /** Folder of the logs of the store. @default beside the report */
  readonly logs?: string;
  readonly print: (line: string) => void;
  /** Called when the store runs, before the fault. */
  readonly onStart?: (game: Game) => void;
}

export interface Played {
  readonly outcome: Outcome;
  readonly score: Score;
  /** Path of the page. */
  readonly report: string;
}

/** Longest time from the fault to the end of a game, in milliseconds. */
const MAX_MS: Readonly<Record<Role, number>> = { human: 1_800_000, script: 120_000 };
/** Time that the script waits for the store to recover after its actions. */
const RECOVERS_MS = 40_000;

/** Plays one game from the start of its store to its report. */
export async function play(options: PlayOptions, stops: Stops = new Stops()): Promise<Played> {
  const { seed, role, withRunbooks, print, onStart } = options;
  const database = findPostgres() || process.env['TEST_DATABASE_URL'] ? 'postgres' : 'pglite';
  const folder = `.data/gameday/${role}-${seed}`;
  const ports = options.ports ?? (await freeServicePorts());
  const game = await startGame(
    {
      schedule: drawSchedule(seed, role, database === 'postgres'),
      database,
      ports,
      publicPort: ports[publicService.name],
      logs: options.logs ?? `${folder}/logs`,
      onEvent: print,
    },
    stops,
  );
  try {
    onStart?.(game);
    await Promise.all([
      runGame(game, MAX_MS[role]),
      role === 'script' ? respond(game, withRunbooks) : undefined,
    ]);
    const outcome = await judge(game);
    return { outcome, score: toScore(outcome), report: writeReport(game, outcome, folder) };
  } finally {
    await stops.stop();
  }
}

/** The scripted responder: waits for alerts, names the causes once, and does the first aid. */
async function respond(game: Game, withRunbooks: boolean): Promise<void> {
  const alerts = await awaitAlerts(game);
  const random = seeded(game.schedule.seed).fork();
  const diagnosis = withRunbooks ? await followRunbooks(game, alerts) : guess(alerts, random);
  for (const step of diagnosis.trail) game.record(step);
  game.record(`named: ${diagnosis.named.join(' + ') || 'nothing'}`);
  game.named.push(diagnosis.named);
  await takeActions(game, diagnosis);
  if (diagnosis.actions.length > 0)
    await Promise.race([game.over, sleep(RECOVERS_MS, undefined, { ref: false })]);
  game.end('the script has done its actions');
}

/** Collects the facts of a game that has ended. */
async function judge(game: Game): Promise<Outcome> {
  const { schedule, named, harm, times, breakers, monitor } = game;
  const burns = toBurns(monitor.budgets);
  const broken = new Set(schedule.hidden.flatMap((name) => causes[name]?.parts ?? []));
  const held = breakers.faultPeriods.flatMap(({ upstream, state }) => {
    if (state === 'forced-closed') return [`forced the breaker of ${upstream} closed`];
    return state === 'isolated' && !broken.has(upstream) ? [`isolated ${upstream}, which was healthy`] : [];
  });
  const { lost, duplicated } = await closeGame(game);
  return {
    hidden: schedule.hidden,
    named,
    restoredMs:
      times.restored === undefined || times.fault === undefined ? undefined : times.restored - times.fault,
    burns,
    harm: [
      ...harm,
      ...held,
      ...lost.map((order) => `lost order: ${order}`),
      ...duplicated
        .filter((order) => !WITHOUT_CUSTOMER.test(order))
        .map((order) => `doubled order: ${order}`),
    ],
  };
}
