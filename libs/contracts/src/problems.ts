import { type ProblemKind, registerProblems, setProblemTypeBase } from '@film-store/problem';

declare module '@film-store/problem' {
  interface ApplicationProblems {
    'out-of-stock': ProblemKind;
  }
}

setProblemTypeBase('urn:film-store:problem:');
registerProblems({
  /** The stock of a film is lower than the quantity in the order. Order fewer, or another film. */
  'out-of-stock': { status: 409, title: 'Out of stock', retryable: false },
});
