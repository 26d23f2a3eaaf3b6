import { type ProblemKind, registerProblems, setProblemTypeBase } from '#libs/http';

declare module '#libs/http' {
  interface ApplicationProblems {
    'out-of-stock': ProblemKind;
  }
}

setProblemTypeBase('urn:film-store:problem:');
registerProblems({ 'out-of-stock': { status: 409, title: 'Not enough in stock', retryable: false } });
