export { HealthModule } from './health.module.ts';
export { HealthRegistry, type Indicator } from './health.registry.ts';
