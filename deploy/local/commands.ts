import { faultCommand, faultHelp, pauseCommand } from './fault-commands.ts';
import type { LocalFaults } from './faults.ts';
import { describeExit } from './process.ts';
import type { Supervisor } from './supervisor.ts';

const help = `stop NAME    ends a service until it is started again
start NAME   starts it
kill NAME    ends it with SIGKILL; it comes back by itself
${faultHelp}
status       what runs
help         this
Ctrl-C       stops everything`;

/** Does what a line typed by a person says. Resolves with the answer, empty where what happens is reported anyway. */
export async function execute(
  line: string,
  supervisors: readonly Supervisor[],
  faults: LocalFaults,
): Promise<string> {
  const [verb = '', name = '', ...rest] = line.trim().split(/\s+/);
  if (verb === '') return '';
  if (verb === 'help') return help;
  if (verb === 'status') return status(supervisors);
  if (verb === 'fault') return faultCommand([name, ...rest], faults);
  if (!['stop', 'start', 'kill', 'pause'].includes(verb) || rest.length > (verb === 'pause' ? 1 : 0))
    return `no such command: ${line.trim()}\n${help}`;
  const supervisor = supervisors.find((candidate) => candidate.name === name);
  if (!supervisor) return `${verb} what? One of ${supervisors.map((candidate) => candidate.name).join(', ')}`;
  if (verb === 'pause') return pauseCommand(supervisor, rest[0], faults);
  if (verb === 'start') supervisor.start();
  else if (verb === 'stop') await supervisor.stop();
  else if (supervisor.pid === undefined) return `${name} is not running`;
  else supervisor.kill('SIGKILL');
  return '';
}

export function status(supervisors: readonly Supervisor[]): string {
  return supervisors.map((supervisor) => `${supervisor.name.padEnd(16)} ${describe(supervisor)}`).join('\n');
}

function describe({ state, pid }: Supervisor): string {
  switch (state.kind) {
    case 'up':
      return `running, pid ${pid}`;
    case 'down':
      return 'stopped';
    case 'backing-off':
      return `died (${describeExit(state.exit)}), is started again after ${state.delay / 1000} s`;
    case 'stopping':
      return `stopping, pid ${pid}`;
    case 'misconfigured':
      return 'refuses its configuration';
    default:
      return state satisfies never;
  }
}
