import { faultCommand, faultHelp, pauseCommand } from './fault-commands.ts';
import type { LocalFaults } from './faults.ts';
import { describeExit } from './process.ts';
import type { Supervisor } from './supervisor.ts';

// #region part: control-room
const compareHelp = `compare [SCENARIO] [TIME]                compares with a naive gateway, under load and a fault of TIME (default 60s)
compare stop                             ends the comparison`;
// #endregion part: control-room

const help = [
  `stop NAME                                stops a service until you start it again
start NAME                               starts a service
kill NAME                                kills a service with SIGKILL; the supervisor restarts it
${faultHelp}`,
  // #region part: control-room
  compareHelp,
  // #endregion part: control-room
  `status                                   lists the services
help                                     lists the commands
stop                                     stops the demo, as Ctrl-C does`,
].join('\n');

/** Executes a command. Resolves with its response, which is empty if the supervisor reports the effect. */
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
    return `unknown command: ${line.trim()}\n${help}`;
  const supervisor = supervisors.find((candidate) => candidate.name === name);
  if (!supervisor) return `${verb} needs one of ${supervisors.map((candidate) => candidate.name).join(', ')}`;
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
      return `died (${describeExit(state.exit)}), restarts in ${state.delay / 1000} s`;
    case 'stopping':
      return `stopping, pid ${pid}`;
    case 'misconfigured':
      return 'stopped: its configuration is not valid';
    default:
      return state satisfies never;
  }
}
