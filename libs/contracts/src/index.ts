import './problems.ts';
export * from './fault-scenarios.ts';
export * from './order.ts';
export * from './platform-services.ts';
export * from './principal.ts';
export * from './product.ts';
export * from './recommendation.ts';
export * from './storefront.ts';
