import type { Problem } from './problem.ts';

/**
 * A problem that is sent many times. Its body is serialized once, at the first use: the application has set the base of
 * problem types by then. Only the id of the request differs between two bodies.
 */
export class PreparedProblem {
  readonly #problem: Problem;
  #parts: readonly string[] | undefined;

  constructor(problem: Problem) {
    this.#problem = problem;
  }

  get status(): number {
    return this.#problem.status;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#problem.headers;
  }

  toBody(requestId: string): string {
    const [before = '', after = ''] = (this.#parts ??= JSON.stringify(this.#problem.toBody('@')).split(
      '"@"',
    ));
    return before + JSON.stringify(requestId) + after;
  }
}
