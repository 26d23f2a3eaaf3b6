import { systemClock } from './clock.ts';
import { Stops } from './stops.ts';
import type { Terminal } from './terminal.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm forwards a Ctrl-C that the terminal sends too, so two signals within this time count as one. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs `work`, which adds everything that it starts to the stops. Stops it on a signal, when `work` calls `stop`, or when
 * `work` fails. A second signal stops without waiting. Resolves with the exit code: 1 after a failure, else 0.
 */
export async function runUntilStopped(
  terminal: Terminal,
  work: (stops: Stops, stop: () => void) => Promise<void>,
): Promise<number> {
  const stops = new Stops();
  const stopped = Promise.withResolvers<void>();
  let firstSignalAt: number | undefined;
  const onSignal = () => {
    const now = systemClock.now();
    if (firstSignalAt === undefined) {
      firstSignalAt = now;
      terminal.print('stopping; press Ctrl-C again to stop without waiting');
      stopped.resolve();
    } else if (now - firstSignalAt > SAME_SIGNAL_MS) {
      stops.forceStop();
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  let code = 0;
  const fail = (error: unknown) => {
    code = 1;
    terminal.print(error instanceof Error ? error.message : String(error));
  };
  await Promise.race([work(stops, onSignal).then(() => stopped.promise), stopped.promise]).catch(fail);
  await stops.stop().catch(fail);
  for (const signal of signals) process.off(signal, onSignal);
  return code;
}
