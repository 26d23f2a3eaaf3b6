import { type ProblemKind, registerProblems } from '@film-store/problem';

declare module '@film-store/problem' {
  interface ApplicationProblems {
    'seat-taken': ProblemKind;
  }
}

registerProblems({ 'seat-taken': { status: 409, title: 'The seat is taken', retryable: false } });
