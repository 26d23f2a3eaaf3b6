import { exec } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { publicService, root, services } from '../../deploy/local/services.ts';
import { platform } from '../../platform.config.ts';
import type { Random } from '../chaos/random.ts';
import { findPart } from '../chaos/store/start-store.ts';
import type { Alert } from './alerts.ts';
import { causes, causeNames } from './causes.ts';
import type { Game } from './game.ts';
import { type Action, type Row, parseRunbook, visitRows } from './runbook.ts';

const FOLDER = 'deploy/runbooks';
/** Time from the first alert until the responder reads the list of alerts, in milliseconds: others follow. */
const LISTENS_MS = 9000;
const COMMAND_TIMEOUT_MS = 15_000;

/** The causes that the responder concludes, and the first aid of their rows. */
export interface Diagnosis {
  readonly named: readonly string[];
  readonly actions: readonly Action[];
  /** The pages and commands on the way, for the report. */
  readonly trail: readonly string[];
}

/** Resolves some seconds after the first alert, with the alerts that have fired by then, pages first. */
export async function awaitAlerts(game: Game): Promise<readonly Alert[]> {
  const wait = { isOver: false };
  void game.over.then(() => (wait.isOver = true));
  while (game.fired.size === 0 && !wait.isOver) await sleep(200);
  await sleep(LISTENS_MS);
  return [...game.fired.values()].toSorted((a, b) => a.severity.localeCompare(b.severity));
}

/** Follows the page of each alert literally: runs its commands, and takes the rows of its table that hold. */
export async function followRunbooks(game: Game, alerts: readonly Alert[]): Promise<Diagnosis> {
  const named = new Map<string, Action>();
  const trail: string[] = [];
  const outputs = new Map<string, string>();
  /** True for a page that led to a cause. */
  const visited = new Map<string, boolean>();

  const run = async (command: string): Promise<string> => {
    const known = outputs.get(command);
    if (known !== undefined) return known;
    const output = await runInGame(game, command);
    await appendFile(join(root, game.logs, 'responder.log'), `$ ${command}\n${output}\n`);
    outputs.set(command, output);
    return output;
  };
  const visit = async (page: string, labels: Alert['labels']): Promise<boolean> => {
    const key = `${page} ${Object.values(labels).join(' ')}`;
    const known = visited.get(key);
    if (known !== undefined) return known;
    // A page that leads back to itself adds nothing.
    visited.set(key, false);
    const runbook = parseRunbook(page, await readFile(join(root, FOLDER, `${page}.md`), 'utf8'));
    const results = new Map<string, string>();
    await Promise.all(
      [...runbook.commands].map(async ([letter, command]) => results.set(letter, await run(command))),
    );
    await visitRows(runbook, results, labels, async (row) => {
      trail.push(`${page}: ${describeRow(row)}`);
      for (const cause of row.causes) named.set(cause, row.action);
      let isNamed = row.causes.length > 0;
      for (const next of row.pages)
        isNamed = (await visit(resolvePage(page, next, labels), labels)) || isNamed;
      if (isNamed) visited.set(key, true);
      // A row without a cause and a page gives a reason that is no cause of a game.
      return isNamed || row.pages.length === 0;
    });
    return visited.get(key) ?? false;
  };
  for (const { name, labels } of alerts)
    await visit(name === 'ServiceObjectiveMissed' ? `services/${labels['service']}` : name, labels);
  return { named: [...named.keys()], actions: [...named.values()], trail };
}

const describeRow = ({ check, finding, causes: found, pages }: Row): string =>
  `${check} ${finding.texts.join(' or ') || (finding.otherwise ? 'otherwise' : 'something')} → ${[...found, ...pages].join(', ') || 'no cause'}`;

/** A link to the folder of the services leads to the page of the service in the alert. */
function resolvePage(page: string, link: string, { service = '' }: Alert['labels']): string {
  const target = normalize(join(page, '..', link));
  return target === 'services' ? `services/${service}` : target;
}

/** Guesses one of the causes that fit the parts in the alerts and all that these need. Only the symptoms are known. */
export function guess(alerts: readonly Alert[], random: Random): Diagnosis {
  const parts = new Set(alerts.flatMap(({ labels }) => Object.values(labels)));
  // The iteration also visits the parts that it adds.
  for (const part of parts) {
    const service = Object.entries(platform.services).find(([name]) => name === part)?.[1];
    for (const needed of [...Object.keys(service?.calls ?? {}), ...(service?.stores ?? [])])
      parts.add(needed);
    if (part === publicService.name) parts.add('flags').add('telemetry');
  }
  const fitting = causeNames.filter((name) => causes[name]?.parts.some((part) => parts.has(part)));
  return { named: [random.pick(fitting.length > 0 ? fitting : causeNames)], actions: [], trail: [] };
}

/** Does the first aid of a diagnosis. */
export async function takeActions(game: Game, { actions }: Diagnosis): Promise<void> {
  for (const { commands, owners } of actions) {
    for (const command of commands) await runInGame(game, command);
    for (const owner of owners) await runInGame(game, `npm run gameday -- call ${owner}`);
  }
}

/** Runs a command of a page against the store of the game, whose ports and files are others than those of the demo. */
async function runInGame({ store, logs }: Game, command: string): Promise<string> {
  const toPort = (name: string): number => findPart(store, name).port;
  let line = command
    .replaceAll('.data/logs', logs)
    .replaceAll(/npm run (demo|gameday) --/g, 'npm run --silent $1 --');
  for (const { name, defaultPort } of services)
    line = line.replaceAll(`localhost:${defaultPort}`, `localhost:${toPort(name)}`);
  const env = { ...process.env };
  for (const { name, portVariable } of services) env[portVariable] = String(toPort(name));
  try {
    const { stdout } = await promisify(exec)(line, {
      cwd: root,
      env,
      shell: '/bin/bash',
      timeout: COMMAND_TIMEOUT_MS,
    });
    return stdout;
  } catch (error) {
    // `grep` without a match and `curl` without a response exit with an error. Their output counts.
    return (error as { readonly stdout?: string }).stdout ?? '';
  }
}
