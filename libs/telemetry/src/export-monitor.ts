import { ExportResultCode } from '@opentelemetry/core';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Logger } from '@film-store/core';

/** Logs when the export of telemetry starts to fail and when it recovers, but not each failure: it may last for days. */
export class ExportMonitor {
  #logger: Pick<Logger, 'warn' | 'info'> | undefined;
  #failure: unknown;
  #succeededOnce = false;

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

  /** Two successes in a row are a recovery: a receiver may accept metrics while it rejects spans. */
  recordSuccess(): void {
    if (this.#failure !== undefined && this.#succeededOnce) {
      this.#failure = undefined;
      this.#logger?.info({ event: 'telemetry.export_recovered' }, 'telemetry is exported again');
    }
    this.#succeededOnce = true;
  }

  #logFailure(): void {
    this.#logger?.warn(
      { event: 'telemetry.export_failed', err: this.#failure },
      'the export of telemetry fails: data that is not exported is dropped',
    );
  }
}

export const exportMonitor = new ExportMonitor();

/** Records the exports of metrics. The SDK reports no success of spans, which have the same receiver. */
export function monitorExports(exporter: PushMetricExporter): PushMetricExporter {
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      if (result.code === ExportResultCode.SUCCESS) exportMonitor.recordSuccess();
      else exportMonitor.recordFailure(result.error);
      done(result);
    });
  return exporter;
}
