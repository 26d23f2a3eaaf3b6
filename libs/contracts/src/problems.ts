import { type ProblemKind, registerProblems, setProblemTypeBase } from '@film-store/http';

declare module '@film-store/http' {
  interface ApplicationProblems {
    'out-of-stock': ProblemKind;
  }
}

setProblemTypeBase('urn:film-store:problem:');
registerProblems({ 'out-of-stock': { status: 409, title: 'Not enough in stock', retryable: false } });
