import './problems.ts';
export * from './degradable-list.ts';
export * from './fault-scenarios.ts';
export * from './order.ts';
export * from './page-parts.ts';
export * from './principal.ts';
export * from './product.ts';
export * from './recommendation.ts';
export * from './storefront.ts';
