export { PreparedProblem } from './prepared-problem.ts';
export { ProblemFilter, sendProblem } from './problem.filter.ts';
export * from './problem.ts';
export * from './strict-json.ts';
export { toProblem } from './to-problem.ts';
export { validationPipe } from './validation.ts';
