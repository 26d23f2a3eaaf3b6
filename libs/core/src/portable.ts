/** The part of this package that needs no Node. */
export * from './headers.ts';
export { brand, sharedValue } from './shared-identity.ts';
