import { build, isBuilt } from './build.ts';
import { execute, status } from './commands.ts';
import { sendCommand, startControl } from './control.ts';
import { isNotable } from './log-line.ts';
import { assertPortsFree, readPorts } from './ports.ts';
import { startPrompt } from './prompt.ts';
import { runUntilStopped } from './run.ts';
import { root, startService } from './services.ts';
import type { Stops } from './stops.ts';
import { startSystem } from './system.ts';
import { Terminal } from './terminal.ts';
import { welcome } from './welcome.ts';

/*
 * `npm run demo` runs the whole system on this machine until Ctrl-C.
 * `npm run demo -- COMMAND` hands a command, such as `stop recommendations`, to the demo that runs.
 */
process.chdir(root);
const terminal = new Terminal(process.stdout);
const command = process.argv.slice(2).join(' ');

process.exitCode = command ? await handOver(command) : await runUntilStopped(terminal, demo);

async function demo(stops: Stops): Promise<void> {
  const ports = readPorts(process.env);
  await assertPortsFree(ports);
  if (!(await isBuilt(root))) await buildVisibly(stops);

  const { supervisors, faults } = await startSystem({
    terminal,
    stops,
    ports,
    startService,
    isShown: (line, hasStarted) => hasStarted && isNotable(line),
  });
  await Promise.all(supervisors.map((supervisor) => supervisor.ready()));
  terminal.print(welcome(ports, supervisors.find(({ name }) => name === 'recommendations')?.pid));

  const obey = (line: string) => execute(line, supervisors, faults);
  stops.add(await startControl(ports.gateway, async (line) => (await obey(line)) || status(supervisors)));
  stops.add(startPrompt(terminal, obey));
}

async function buildVisibly(stops: Stops): Promise<void> {
  const step = terminal.step('building');
  try {
    await build(root, (compiler) => stops.add(compiler));
    step.done('built');
  } catch (error) {
    step.failed('not built');
    throw error;
  }
}

async function handOver(line: string): Promise<number> {
  try {
    terminal.print(await sendCommand(readPorts(process.env).gateway, line));
    return 0;
  } catch (error) {
    terminal.print(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
