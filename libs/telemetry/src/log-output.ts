import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { type DestinationStream, pino } from 'pino';
import { lazyInstruments } from '@film-store/core/instruments';

/** About 8,000 lines: a minute of a busy service. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const STDOUT = 1;

const linesDropped = lazyInstruments('@film-store/telemetry', (meter) =>
  meter.createCounter('log.lines.dropped', {
    description: 'Log lines that were dropped, for nothing read those that waited',
  }),
);

export interface LogOutputOptions {
  /** @default 1, stdout */
  readonly fd?: number;
  /** Most that waits for the reader. Beyond it lines are dropped. @default 4 MiB */
  readonly maxWaitingBytes?: number;
  /** Called when all that waited is written again, with the lines that were dropped meanwhile. */
  readonly onResumed: (dropped: number) => void;
}

/**
 * Writes each line at once, without waiting for the reader: a process that is killed loses only what the pipe did not
 * take. What the pipe does not take waits in memory, up to a bound.
 *
 * It has no `flushSync`: pino calls one after a fatal line, and would block the process for as long as nothing reads.
 */
export class LogOutput implements DestinationStream {
  readonly #stream;
  #dropped = 0;
  #ended = false;

  constructor({ fd = STDOUT, maxWaitingBytes = MAX_WAITING_BYTES, onResumed }: LogOutputOptions) {
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
    // The write that ends the wait belongs to whatever request logged then: the report does not.
    this.#stream.on('drain', AsyncResource.bind(reportDropped));
  }

  /** Drops the line after `end`: work that was abandoned may still log, and must not crash the process that exits. */
  write(line: string): void {
    if (!this.#ended) this.#stream.write(line);
  }

  /** Resolves when all that waits is written, which it never may be. Drops what is written after it. */
  async end(): Promise<void> {
    if (this.#dropped > 0) await once(this.#stream, 'drain');
    this.#ended = true;
    const closed = once(this.#stream, 'close');
    this.#stream.end();
    await closed;
  }
}
