import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { type DestinationStream, pino } from 'pino';
import { lazyInstruments } from '@film-store/core/instruments';

/** About 8,000 lines: a minute of a busy service. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

const linesDropped = lazyInstruments('@film-store/telemetry', (meter) =>
  meter.createCounter('log.lines.dropped', {
    description: 'Log lines that were dropped because too many lines waited for a reader',
  }),
);

export interface LogOutputOptions {
  /** @default 1, stdout */
  readonly fd?: number;
  /** Most bytes that wait for the reader. Above it lines are dropped. @default 4 MiB */
  readonly maxWaitingBytes?: number;
  /** Called with the number of dropped lines, when no line waits any more. */
  readonly onResumed: (dropped: number) => void;
}

/**
 * Writes each line at once, without waiting for the reader: a process that is killed loses only lines that the pipe did
 * not accept. These wait in memory, up to a bound.
 *
 * It has no `flushSync`, because pino calls that after a fatal line and would block the process until the log is read.
 */
export class LogOutput implements DestinationStream {
  readonly #stream;
  #dropped = 0;
  #ended = false;

  constructor({ fd = 1, maxWaitingBytes = MAX_WAITING_BYTES, onResumed }: LogOutputOptions) {
    linesDropped().add(0);
    this.#stream = pino.destination({ fd, sync: false, maxLength: maxWaitingBytes });
    this.#stream.on('drop', () => {
      this.#dropped += 1;
      linesDropped().add(1);
    });
    const reportDropped = (): void => {
      const dropped = this.#dropped;
      this.#dropped = 0;
      if (dropped > 0) onResumed(dropped);
    };
    // Without its own context the report would carry the ids of the request whose write ended the wait.
    this.#stream.on('drain', AsyncResource.bind(reportDropped));
  }

  /** Drops lines after `end`: abandoned work may still log, and must not crash a process that exits. */
  write(line: string): void {
    if (!this.#ended) this.#stream.write(line);
  }

  /** Resolves when all lines are written, which may be never. */
  async end(): Promise<void> {
    if (this.#dropped > 0) await once(this.#stream, 'drain');
    this.#ended = true;
    const closed = once(this.#stream, 'close');
    this.#stream.end();
    await closed;
  }
}
