import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { Logger } from '@film-store/core';

export type Signal = 'traces' | 'metrics';

/** Logs when the export of one signal starts to fail and when it recovers, but not each failure: it may last for days. */
export class ExportMonitor {
  readonly #signal: Signal;
  #logger: Pick<Logger, 'warn' | 'info'> | undefined;
  #failure: unknown;
  #succeededOnce = false;

  constructor(signal: Signal) {
    this.#signal = signal;
  }

  /** Also logs a failure that happened before. */
  logTo(logger: Pick<Logger, 'warn' | 'info'>): void {
    this.#logger = logger;
    if (this.#failure !== undefined) this.#logFailure();
  }

  recordFailure(error: unknown): void {
    const isFirst = this.#failure === undefined;
    this.#failure = error ?? 'unknown';
    this.#succeededOnce = false;
    if (isFirst) this.#logFailure();
  }

  /** Two successes in a row are a recovery: an overloaded receiver may accept every second export. */
  recordSuccess(): void {
    if (this.#failure !== undefined && this.#succeededOnce) {
      this.#failure = undefined;
      this.#logger?.info(
        { event: 'telemetry.export_recovered', signal: this.#signal },
        `${this.#signal} are exported again`,
      );
    }
    this.#succeededOnce = true;
  }

  #logFailure(): void {
    this.#logger?.warn(
      { event: 'telemetry.export_failed', signal: this.#signal, err: this.#failure },
      `the export of ${this.#signal} fails: data that is not exported is dropped`,
    );
  }
}

export const exportMonitors = { traces: new ExportMonitor('traces'), metrics: new ExportMonitor('metrics') };

interface Exporter {
  export(items: never, done: (result: ExportResult) => void): void;
}

/** Records the exports of this exporter. */
export function monitorExports<E extends Exporter>(exporter: E, monitor: ExportMonitor): E {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      if (result.code === ExportResultCode.SUCCESS) monitor.recordSuccess();
      else monitor.recordFailure(result.error);
      done(result);
    });
  return exporter;
}
