export { createLogger, endLog, logLevels } from './logger.ts';
export { endServerSpan, startServerSpan } from './server-span.ts';
export { stopTelemetry } from './start.ts';
