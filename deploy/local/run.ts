import { systemClock } from './clock.ts';
import { Stops } from './stops.ts';
import type { Terminal } from './terminal.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One Ctrl-C can arrive twice, from the terminal and passed on by npm. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs `work`, which adds all it starts to the stops, and stops that when a signal asks for it or the work fails.
 * A second signal hurries. Resolves with the exit code: 0 after a wanted stop.
 */
export async function runUntilStopped(
  terminal: Terminal,
  work: (stops: Stops) => Promise<void>,
): Promise<number> {
  const stops = new Stops();
  const wanted = Promise.withResolvers<void>();
  let firstSignalAt: number | undefined;
  const onSignal = () => {
    const now = systemClock.now();
    if (firstSignalAt === undefined) {
      firstSignalAt = now;
      terminal.print('stopping everything; Ctrl-C again hurries');
      wanted.resolve();
    } else if (now - firstSignalAt > SAME_SIGNAL_MS) {
      stops.hurry();
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  let code = 0;
  const fail = (error: unknown) => {
    code = 1;
    terminal.print(error instanceof Error ? error.message : String(error));
  };
  await Promise.race([work(stops).then(() => wanted.promise), wanted.promise]).catch(fail);
  await stops.stop().catch(fail);
  for (const signal of signals) process.off(signal, onSignal);
  return code;
}
