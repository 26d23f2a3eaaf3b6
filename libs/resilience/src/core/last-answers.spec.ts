import { expect, it } from 'vitest';
import { createLastAnswers } from './last-answers.ts';

it.each([
  ['answered before', 99, 'b', false],
  ['answered since', 100, 'b', true],
  ['is the endpoint itself', 100, 'a', false],
])('an endpoint is slower than another one, not where that %s', (_, at, url, expected) => {
  const answers = createLastAnswers();
  answers.record(url, at);
  expect(answers.ofOthers('a', 100)).toBe(expected);
});
