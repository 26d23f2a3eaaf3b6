// Loaded with `node --import`, so that tracing runs before the first module of the service is.
import { startTelemetry } from './start.ts';

await startTelemetry(process.env, process.argv[1]);
