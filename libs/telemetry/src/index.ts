export { createAccessSampling } from './access-sampling.ts';
export { createLogger, endLog, type LogLevel, logLevels } from './logger.ts';
export { METRICS_MEDIA_TYPE, metricsText } from './metrics.ts';
export { recordClientDeadline, recordServerRequest, startServerSeries } from './server-metrics.ts';
export { type ServerRequest, endServerSpan, startServerSpan, tellShed } from './server-span.ts';
export { logTelemetryTo, recentTraces, findSpans, startTelemetry, stopTelemetry } from './start.ts';
export * from './trace.ts';
