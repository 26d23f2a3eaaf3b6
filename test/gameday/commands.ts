import { execute } from '../../deploy/local/commands.ts';
import { causes, causeNames, owners } from './causes.ts';
import { formatAlert } from './alerts.ts';
import type { Game } from './game.ts';

/** Commands to a running game, with the words that may follow. */
const verbs: Readonly<Record<string, readonly string[] | undefined>> = {
  answer: causeNames,
  call: owners,
  status: undefined,
  alerts: undefined,
  start: undefined,
  stop: undefined,
  kill: undefined,
};

/** Returns the reason why a command is not valid, or `undefined`. */
export function checkCommand([verb = '', ...words]: readonly string[]): string | undefined {
  if (!(verb in verbs)) return `unknown command ${verb}; there are ${Object.keys(verbs).join(', ')}`;
  const allowed = verbs[verb];
  if (!allowed) return undefined;
  const wrong = words.filter((word) => !allowed.includes(word));
  if (words.length === 0 || wrong.length > 0)
    return `${wrong.length > 0 ? `unknown: ${wrong.join(', ')}; ` : ''}${verb} needs one of ${allowed.join(', ')}`;
  return undefined;
}

/** Executes a command of the player, and records it with its harm. Resolves with the response. */
export async function executeInGame(game: Game, line: string): Promise<string> {
  const words = line.trim().split(/\s+/);
  const [verb = '', ...names] = words;
  const problem = checkCommand(words);
  if (problem !== undefined) return problem;
  switch (verb) {
    case 'answer':
      return takeDiagnosis(game, names);
    case 'call':
      game.record(line);
      return callOwner(game, names[0]!);
    case 'alerts':
      return game.monitor.alerts().map(formatAlert).join('\n') || 'no alert fires';
    case 'stop':
      if (names.length > 0) return operate(game, line);
      game.end('the player stopped the game');
      return 'the game day ends';
    default:
      return operate(game, line);
  }
}

function takeDiagnosis(game: Game, names: readonly string[]): string {
  game.record(`named: ${names.join(' + ')}`);
  game.named.push(names);
  return `noted: ${names.join(', ')}. The report says whether it is right. The last one counts.`;
}

async function callOwner(game: Game, owner: string): Promise<string> {
  const owned = game.schedule.hidden
    .flatMap((name) => causes[name] ?? [])
    .filter((cause) => cause.owner === owner);
  if (owned.length === 0) game.harm.push(`called ${owner} for nothing`);
  for (const { fault } of owned) await fault.end?.(game.store);
  return owned.length > 0 ? `${owner} found a fault and repaired it` : `${owner} found nothing`;
}

async function operate(game: Game, line: string): Promise<string> {
  const { store, schedule, harm } = game;
  const supervisors = store.parts.map(({ supervisor }) => supervisor);
  const [verb, name = ''] = line.trim().split(/\s+/);
  if (verb !== 'status') game.record(line);
  const isBroken = schedule.hidden.some((cause) => causes[cause]?.parts.includes(name));
  const isPart = supervisors.some((supervisor) => supervisor.name === name);
  if ((verb === 'kill' || verb === 'stop') && isPart && !isBroken)
    harm.push(`${verb} ${name}, which was healthy`);
  return (await execute(line, supervisors, store.local)) || `done: ${line}`;
}
