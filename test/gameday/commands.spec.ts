import { describe, expect, it } from 'vitest';
import { checkCommand } from './commands.ts';

describe('a command to a game', () => {
  it.each([
    ['answer', 'redis-down'],
    ['answer', 'redis-down', 'catalog-down'],
    ['call', 'network'],
    ['kill', 'redis'],
  ])('is valid: %s %s', (...words) => expect(checkCommand(words)).toBeUndefined());

  it.each([
    { words: ['guess', 'redis-down'], problem: 'unknown command guess' },
    { words: ['answer'], problem: 'answer needs one of catalog-down' },
    { words: ['answer', 'redis-down', 'the-weather'], problem: 'unknown: the-weather' },
    { words: ['call', 'mother'], problem: 'call needs one of database' },
    { words: ['fault', 'redis', 'cut'], problem: 'unknown command fault' },
  ])('is rejected: $words', ({ words, problem }) => expect(checkCommand(words)).toContain(problem));
});
