import { assertPortsFree, readPorts } from './ports.ts';
import { runUntilStopped } from './run.ts';
import { root } from './services.ts';
import type { Stops } from './stops.ts';
import { startSystem } from './system.ts';
import { Terminal } from './terminal.ts';
import { startCompiler, startWatchedService } from './watch.ts';
import { toStartUrl } from './welcome.ts';

// `npm run dev` compiles every change and restarts the service that it concerns, until Ctrl-C.
process.chdir(root);
const terminal = new Terminal(process.stdout);

process.exitCode = await runUntilStopped(terminal, dev);

async function dev(stops: Stops): Promise<void> {
  const ports = readPorts(process.env);
  await assertPortsFree(ports);
  const compiler = stops.add(startCompiler((text) => terminal.print(`tsc: ${text}`)));
  await compiler.compiled;
  const startService = startWatchedService;
  const system = await startSystem({ terminal, stops, ports, startService, isShown: () => true });
  system.ready().then(
    () => terminal.print(`The film store is ready: ${toStartUrl(ports)}`),
    // The supervisor has reported the service, and restarts it after the next change.
    () => {},
  );
  await compiler.exited;
  throw new Error('the compiler exited');
}
