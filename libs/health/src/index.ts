export { diskIndicator } from './disk-indicator.ts';
export { HealthModule } from './health.module.ts';
export { HealthCheckFailed, type HealthIndicator, LifecycleState } from '@film-store/core';
export { Degraded, HealthRegistry } from './health.registry.ts';
export { type HealthReport, healthReport } from './health.report.ts';
export { HealthReporter } from './health.reporter.ts';
