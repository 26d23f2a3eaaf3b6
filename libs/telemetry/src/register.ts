// Loaded with `node --import`, so that tracing runs before the first module of the service is.
import { serviceOfEntry } from './service-name.ts';
import { startTelemetry } from './start.ts';

await startTelemetry(process.env, serviceOfEntry(process.argv[1]));
