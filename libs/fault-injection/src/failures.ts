import { Problem, type ProblemCode } from '@film-store/problem';
import type { FailureStatus } from './fault.ts';

const codes = {
  500: 'internal',
  502: 'upstream-unreachable',
  503: 'unavailable',
  504: 'upstream-timeout',
} as const satisfies Record<FailureStatus, ProblemCode>;

/** The problem that a service of the platform answers with that status. */
export const toProblem = (status: FailureStatus): Problem =>
  new Problem(codes[status], status === 503 ? { headers: { 'retry-after': '1' } } : {});

/** What nobody can read, whatever they expect. */
export const GARBAGE = '{"items":\u0000<html>';

/** As Node has it when the other side is gone. */
export const connectionLost = (): Error =>
  Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
