// For `node --import`, so that telemetry starts before the first module of the service is loaded.
import './fast-ticks.ts';
import { findServiceName } from './resource.ts';
import { startTelemetry } from './start.ts';

await startTelemetry(process.env, findServiceName(process.argv[1]));
