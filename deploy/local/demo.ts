import { build } from './build.ts';
// #region part: control-room
import type { Compare } from './compare/command.ts';
// #endregion part: control-room
import { execute, status } from './commands.ts';
import { sendCommand, startControl } from './control.ts';
import { isNotable } from './log-line.ts';
import { assertPortsFree, readPorts } from './ports.ts';
import { startPrompt } from './prompt.ts';
import { runUntilStopped } from './run.ts';
import { publicService, root, startService } from './services.ts';
import type { Stops } from './stops.ts';
import { type System, startSystem } from './system.ts';
import { Terminal } from './terminal.ts';
import { createWelcome, toStartUrl } from './welcome.ts';

/*
 * `npm run demo` runs the whole system on this machine until Ctrl-C or `npm run demo -- stop`.
 * `npm run demo -- COMMAND` sends a command, such as `stop catalog`, to the running demo.
 */
process.chdir(root);
const terminal = new Terminal(process.stdout);
const command = process.argv.slice(2).join(' ');

process.exitCode = command ? await sendToDemo(command) : await runUntilStopped(terminal, demo);

async function demo(stops: Stops, stop: () => void): Promise<void> {
  const ports = readPorts(process.env);
  await assertPortsFree(ports);
  let system: System | undefined;
  // #region part: control-room
  const settings: Record<string, string> = {};
  let compare: Compare | undefined;
  // #endregion part: control-room
  const run = async (line: string): Promise<string> => {
    if (line.trim() === 'stop') {
      stop();
      return 'stopping the demo';
    }
    if (!system) return 'the demo is starting; it accepts only the command stop';
    // #region part: control-room
    const [verb, ...words] = line.trim().split(/\s+/);
    if (verb === 'compare') return compare?.execute(words) ?? 'compare does not run with NODE_ENV=production';
    // #endregion part: control-room
    return execute(line, system.supervisors, system.faults);
  };
  // From the start on, so that another terminal can stop a demo that is starting.
  stops.add(
    await startControl(
      ports[publicService.name],
      async (line) => (await run(line)) || status(system?.supervisors ?? []),
    ),
  );
  await showBuild(stops);

  // #region part: control-room
  if (process.env['NODE_ENV'] !== 'production') {
    // It imports built libraries.
    const { startCompare } = await import('./compare/command.ts');
    compare = stops.add(await startCompare(toStartUrl(ports)));
    settings['COMPARE_URL'] = compare.url;
  }
  // #endregion part: control-room

  system = await startSystem({
    terminal,
    stops,
    ports,
    // #region part: control-room
    settings,
    // #endregion part: control-room
    startService,
    isShown: (line, hasStarted) => hasStarted && isNotable(line),
  });
  await system.ready();
  terminal.print(createWelcome(ports));
  stops.add(startPrompt(terminal, run));
}

async function showBuild(stops: Stops): Promise<void> {
  const step = terminal.step('building');
  try {
    await build(root, (compiler) => stops.add(compiler));
    step.done('built');
  } catch (error) {
    step.failed('not built');
    throw error;
  }
}

async function sendToDemo(line: string): Promise<number> {
  try {
    terminal.print(await sendCommand(readPorts(process.env)[publicService.name], line));
    return 0;
  } catch (error) {
    terminal.print(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
