export { createAccessSampling } from './access-sampling.ts';
export { createLogger, endLog, type LogLevel, logLevels } from './logger.ts';
export { METRICS_MEDIA_TYPE, metricsText } from './metrics.ts';
export { recordClientDeadline, recordServerRequest, startServerSeries } from './server-metrics.ts';
export { type ServerRequest, endServerSpan, recordUnservedSpan, startServerSpan } from './server-span.ts';
export { findSpans, logTelemetryTo, recentTraces, startTelemetry, stopTelemetry } from './start.ts';
export * from './trace.ts';
