import { type ProblemKind, registerProblems, setProblemTypeBase } from '@film-store/problem';

declare module '@film-store/problem' {
  interface ApplicationProblems {
    'out-of-stock': ProblemKind;
  }
}

setProblemTypeBase('urn:film-store:problem:');
registerProblems({ 'out-of-stock': { status: 409, title: 'Out of stock', retryable: false } });
