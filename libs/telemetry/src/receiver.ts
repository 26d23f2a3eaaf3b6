import { ExportResultCode, setGlobalErrorHandler } from '@opentelemetry/core';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Logger } from '@film-store/core';

/**
 * Whether the receiver of telemetry takes what it is sent, logged when that changes and not for every batch: it may be
 * away for days. Nobody but the log hears of it, for telemetry must never hurt what it tells about.
 */
export class Receiver {
  #logger: Pick<Logger, 'warn' | 'info'> | undefined;
  #failure: unknown;
  /** Nothing failed since metrics were last taken. */
  #calm = false;

  /** What happened before there was a logger is told now. */
  logTo(logger: Pick<Logger, 'warn' | 'info'>): void {
    this.#logger = logger;
    if (this.#failure !== undefined) this.#tellAway();
  }

  failed(error: unknown): void {
    const changed = this.#failure === undefined;
    this.#failure = error ?? 'unknown';
    this.#calm = false;
    if (changed) this.#tellAway();
  }

  /** It is back when it took two in a row: one that takes metrics and refuses spans would be back every minute. */
  took(): void {
    if (this.#failure === undefined) return;
    if (!this.#calm) {
      this.#calm = true;
      return;
    }
    this.#failure = undefined;
    this.#logger?.info({ event: 'telemetry.export_recovered' }, 'the receiver of telemetry is back');
  }

  #tellAway(): void {
    this.#logger?.warn(
      { event: 'telemetry.export_failed', err: this.#failure },
      'the receiver of telemetry is away: what it does not take is dropped',
    );
  }
}

/** That of this process. */
export const receiver = new Receiver();

/** Failures of all signals come here; OpenTelemetry would else write each to nowhere, or to the console. */
export const watchFailures = (): void => setGlobalErrorHandler((error) => receiver.failed(error));

/** The exporter of spans belongs to the SDK, which tells nobody of its successes: metrics, on the same way, do. */
export function watchExports(exporter: PushMetricExporter): PushMetricExporter {
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) =>
    send(metrics, (result) => {
      if (result.code === ExportResultCode.SUCCESS) receiver.took();
      else receiver.failed(result.error);
      done(result);
    });
  return exporter;
}
