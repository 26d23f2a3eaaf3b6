import { assertPortsFree, readPorts } from './ports.ts';
import { runUntilStopped } from './run.ts';
import { root } from './services.ts';
import type { Stops } from './stops.ts';
import { startSystem } from './system.ts';
import { Terminal } from './terminal.ts';
import { startCompiler, startWatchedService } from './watch.ts';

// `npm run dev` compiles what changes and starts the service it belongs to anew, until Ctrl-C.
process.chdir(root);
const terminal = new Terminal(process.stdout);

process.exitCode = await runUntilStopped(terminal, dev);

async function dev(stops: Stops): Promise<void> {
  const ports = readPorts(process.env);
  await assertPortsFree(ports);
  const compiler = stops.add(startCompiler((text) => terminal.print(`tsc: ${text}`)));
  await compiler.compiled;
  await startSystem({ terminal, stops, ports, startService: startWatchedService, isShown: () => true });
  await compiler.exited;
  throw new Error('the compiler ended');
}
