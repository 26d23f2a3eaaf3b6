import type { Stops } from '../../../deploy/local/stops.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Stops everything before a signal ends this process, so that databases and folders are removed also on Ctrl-C. Returns a
 * function that takes this back.
 */
export function stopOnSignal(stops: Stops): () => void {
  const removers = Object.entries(SIGNALS).map(([signal, code]) => {
    const end = (): void => void stops.stop().finally(() => process.exit(code));
    process.once(signal, end);
    return () => process.off(signal, end);
  });
  return () => {
    for (const remove of removers) remove();
  };
}
