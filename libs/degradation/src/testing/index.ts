export { type LastKnownGoodCase, lastKnownGoodCases } from './last-known-good-cases.ts';
