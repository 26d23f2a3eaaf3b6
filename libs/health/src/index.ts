export { diskIndicator } from './disk-indicator.ts';
export { HealthModule } from './health.module.ts';
export { Degraded, HealthRegistry, type Indicator, Unwell } from './health.registry.ts';
export { type HealthReport, healthReport } from './health.report.ts';
export { HealthReporter } from './health.reporter.ts';
