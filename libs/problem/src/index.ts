export { ProblemFilter, sendProblem } from './problem.filter.ts';
export * from './problem.ts';
export * from './strict-json.ts';
export { validationPipe } from './validation.ts';
