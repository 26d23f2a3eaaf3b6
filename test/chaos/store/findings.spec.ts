import { describe, expect, it } from 'vitest';
import { toTolerances, toObservations, toHypothesis, toSignalCounts } from './findings.ts';
import type { Stage } from './design.ts';
import type { ExpectedSignal } from './expected-signals.ts';
import type { Visit } from './visits.ts';

const good: Visit = { at: 0, ms: 10, outcome: 'good', degradations: [] };
const failed: Visit = { at: 0, ms: 10, outcome: 'failed', degradations: ['502 upstream-unreachable'] };
const books = { lost: ['a'], duplicated: [], stock: [], feed: [], responses: [], withoutResponse: ['b'] };
const stage = (name: string, visits: readonly Visit[], wholeAgainS?: number, attemptsPerCall = 1) => ({
  name,
  from: 0,
  to: 1,
  visits,
  wholeAgainS,
  attemptsPerCall,
  shown: new Map<string, number>(),
});
const expected = new Set<string>();
const calm = { calm: [good], notClosed: [] };

describe('the findings of a run', () => {
  it('count all reads, those of the worst fault, and the results of orders', () => {
    const visits = [...Array.from({ length: 99 }, () => good), failed];
    const found = toObservations({
      ...calm,
      broken: [...visits, failed, good],
      stages: [stage('a draught', visits, 1.5, 2), stage('a storm', [failed, good], 4)],
      expected,
      books,
    });
    expect(found).toMatchObject({
      'pages served in time': { value: 100 / 102, examples: ['2 × 502 upstream-unreachable'] },
      'the same, during the worst fault': { value: 0.5, examples: ['a storm'] },
      'whole again after the fault': { value: 4 },
      'orders lost': { value: 1, examples: ['a'] },
      'orders placed twice': { value: 0 },
      'attempts per call at what fails': { value: 2 },
    });
  });

  it('do not hide a stage without recovery behind others', () => {
    const stages = [stage('a storm', [good]), stage('a draught', [good], 1)];
    const found = toObservations({ ...calm, broken: [good], stages, expected });
    expect(found['whole again after the fault']?.value).toBeNaN();
  });

  it('have a value for each name of the hypothesis', () => {
    const amplification = { upstream: 'catalog', atMost: 1.3 } as const;
    const found = toObservations({ ...calm, broken: [good], stages: [], expected });
    expect(Object.keys(found)).toEqual(
      Object.keys(toHypothesis({ served: 0.999, wholeAgainS: 20, amplification })),
    );
  });

  it('name what is still degraded or not closed after the last fault', () => {
    const degraded: Visit = { at: 0, ms: 10, outcome: 'degraded', degradations: ['product;breaker-open'] };
    const found = toObservations({
      calm: [good, degraded, degraded, degraded],
      notClosed: ['catalog open'],
      broken: [good],
      stages: [],
      expected,
    });
    expect(found).toMatchObject({
      'pages that are whole while nothing is broken': { value: 0.25, examples: ['3 × product;breaker-open'] },
      'breakers not closed then': { value: 1, examples: ['catalog open'] },
    });
  });

  it('require a signal in every stage that must show it, and in no other', () => {
    const [wet, cold] = ['wet', 'cold'].map((name) => ({ name, count: () => 0 }));
    const of = (shows: readonly ExpectedSignal[]): Stage => ({ faults: [], lastsMs: 0, shows });
    const stages = [of([wet!]), of([wet!, cold!]), of([]), of([cold!])];
    const results = [
      { name: 'a storm', shown: new Map([['wet', 7]]) },
      {
        name: 'a draught',
        shown: new Map([
          ['wet', 0],
          ['cold', 3],
        ]),
      },
      { name: 'a calm', shown: new Map<string, number>() },
    ];
    expect(toTolerances(stages)).toEqual({ 'signal: wet': { atLeast: 1 }, 'signal: cold': { atLeast: 1 } });
    expect(toSignalCounts(stages, results)).toEqual({
      'signal: wet': { value: 0, examples: ['not in: a draught'] },
      'signal: cold': {
        value: 0,
        examples: ['not in: a stage that was not reached'],
      },
    });
    expect(toSignalCounts(stages.slice(0, 1), results)).toEqual({
      'signal: wet': { value: 7, examples: [] },
    });
  });
});
