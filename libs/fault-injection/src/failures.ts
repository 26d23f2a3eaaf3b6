import { Problem, type ProblemCode } from '@film-store/problem';
import type { FailureStatus } from './fault.ts';

const CODES = {
  500: 'internal',
  502: 'upstream-unreachable',
  503: 'unavailable',
  504: 'upstream-timeout',
} as const satisfies Record<FailureStatus, ProblemCode>;

/** Returns the problem that a service responds with under a status. */
export const toProblem = (status: FailureStatus): Problem =>
  new Problem(CODES[status], status === 503 ? { headers: { 'retry-after': '1' } } : {});

/** A body that no parser accepts. */
export const GARBAGE = '{"items":\u0000<html>';

/** Creates the error of Node for a connection that the other side closed. */
export const createConnectionError = (): Error =>
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
