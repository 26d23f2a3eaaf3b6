import './problems.ts';
export * from './product.ts';
export * from './order.ts';
export * from './recommendation.ts';
export * from './storefront.ts';
export * from './trace.ts';
export * from './operations.ts';
