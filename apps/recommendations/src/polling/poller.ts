import type { PinoLogger } from 'nestjs-pino';
import { type ConnectionState, afterFailure, backoffMs } from './connection-state.ts';
import { observeDataAge } from './data-age.ts';
import type { Time } from './time.ts';

export interface Polling {
  /** What is read; its name begins the events `<name>.lost` and `<name>.back`, and labels its age. */
  readonly name: string;
  /** Reads once, and resolves with the milliseconds until the next time. `signal` aborts when polling stops. */
  readonly poll: (signal: AbortSignal) => Promise<number>;
  readonly time: Time;
  readonly logger: Pick<PinoLogger, 'info' | 'warn'>;
}

export interface Poller {
  connection(): ConnectionState;
  /** Returns how long ago the last poll succeeded, or polling began, in milliseconds. */
  ageMs(): number;
  /** Resolves once the poll under way has ended. Safe to call twice. */
  stop(): Promise<void>;
}

/** Polls until stopped, one poll at a time; backs off while polls fail, and logs only when contact is lost or back. */
export function startPolling({ name, poll, time, logger }: Polling): Poller {
  const abort = new AbortController();
  let contact: ConnectionState = { state: 'starting' };
  let readAt = time.monotonicNow();
  const ageMs = (): number => time.monotonicNow() - readAt;
  const stopObserving = observeDataAge(name, () => ageMs() / 1000);

  const pollOnce = async (): Promise<number> => {
    try {
      const pauseMs = await poll(abort.signal);
      if (contact.state === 'lost') {
        logger.info(
          { event: `${name}.back`, failures: contact.failures },
          `catalog's ${name} can be read again`,
        );
      }
      contact = { state: 'held', lastSuccess: time.now() };
      readAt = time.monotonicNow();
      return pauseMs;
    } catch (err) {
      if (!abort.signal.aborted && contact.state !== 'lost') {
        logger.warn({ event: `${name}.lost`, err }, `catalog's ${name} cannot be read`);
      }
      const lost = afterFailure(contact, err);
      contact = lost;
      return backoffMs(lost.failures);
    }
  };

  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) await time.sleep(await pollOnce(), abort.signal);
  };

  const ended = run();
  return {
    connection: () => contact,
    ageMs,
    stop: () => {
      abort.abort();
      stopObserving();
      return ended;
    },
  };
}
