import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { type DestinationStream, pino } from 'pino';
import { lazyInstruments } from '@film-store/core/instruments';

/** About 8,000 lines: a minute of a busy service. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Shortest time between two writes, in milliseconds. A write takes about 100 µs of CPU time, as long as ten lines. */
const WRITE_INTERVAL_MS = 10;
/** Gathered characters that are written before their time: a quarter of a pipe. */
const MAX_GATHERED = 16 * 1024;

const linesDropped = lazyInstruments('@film-store/telemetry', (meter) =>
  meter.createCounter('log.lines.dropped', {
    description: 'Log lines that were dropped because too many lines waited for a reader',
  }),
);

export interface LogOutputOptions {
  /** @default 1, stdout */
  readonly fd?: number;
  /** Most bytes that wait for the reader, at least 32 KiB. Above it lines are dropped. @default 4 MiB */
  readonly maxWaitingBytes?: number;
  /** Called with the number of dropped lines, when no line waits any more. */
  readonly onResumed: (dropped: number) => void;
}

/**
 * Writes lines without waiting for the reader. A line after a pause is written at once. The lines of the next 10 ms are
 * written together: a process that is killed loses only these, and lines that the pipe did not accept. Those wait in
 * memory, up to a bound.
 *
 * It has no `flushSync`, because pino calls that after a fatal line and would block the process until the log is read.
 */
export class LogOutput implements DestinationStream {
  readonly #stream;
  #gathered = '';
  #pause: NodeJS.Timeout | undefined;
  #dropped = 0;
  #ended = false;

  constructor({ fd = 1, maxWaitingBytes = MAX_WAITING_BYTES, onResumed }: LogOutputOptions) {
    linesDropped().add(0);
    this.#stream = pino.destination({ fd, sync: false, maxLength: maxWaitingBytes - MAX_GATHERED });
    this.#stream.on('drop', (lines: string) => {
      const count = lines.split('\n').length - 1;
      this.#dropped += count;
      linesDropped().add(count);
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
    if (this.#ended) return;
    this.#gathered += line;
    if (this.#pause === undefined || this.#gathered.length >= MAX_GATHERED) this.#writeGathered();
  }

  /** Resolves when all lines are written, which may be never. */
  async end(): Promise<void> {
    if (this.#dropped > 0) await once(this.#stream, 'drain');
    this.#writeGathered();
    this.#ended = true;
    const closed = once(this.#stream, 'close');
    this.#stream.end();
    await closed;
  }

  #writeGathered(): void {
    const lines = this.#gathered;
    this.#gathered = '';
    if (lines !== '') this.#stream.write(lines);
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      if (this.#gathered !== '') this.#writeGathered();
    }, WRITE_INTERVAL_MS);
  }
}
