import { describe, expect, it } from 'vitest';
import { findingsOf, hypothesisOf } from './findings.ts';
import type { Visit } from './visits.ts';

const good: Visit = { at: 0, ms: 10, answer: 'good', told: [] };
const failed: Visit = { at: 0, ms: 10, answer: 'failed', told: ['502 upstream-unreachable'] };
const books = { lost: ['a'], duplicated: [], stock: [], feed: [], answers: [], unanswered: ['b'] };
const stage = (name: string, visits: readonly Visit[], wholeAgainS?: number, attemptsPerCall = 1) => ({
  name,
  from: 0,
  to: 1,
  visits,
  wholeAgainS,
  attemptsPerCall,
});
const expected = new Set<string>();

describe('what a run is judged by', () => {
  it('counts all reads, those of the worst fault, and what it came to for orders', () => {
    const visits = [...Array.from({ length: 99 }, () => good), failed];
    const found = findingsOf({
      broken: [...visits, failed, good],
      stages: [stage('a draught', visits, 1.5, 2), stage('a storm', [failed, good], 4)],
      expected,
      books,
    });
    expect(found).toMatchObject({
      'pages answered in time': { value: 100 / 102, examples: ['2 × 502 upstream-unreachable'] },
      'the same, during the worst fault': { value: 0.5, examples: ['a storm'] },
      'whole again after the fault': { value: 4 },
      'orders lost': { value: 1, examples: ['a'] },
      'orders placed twice': { value: 0 },
      'attempts per call at what fails': { value: 2 },
    });
  });

  it('what never was whole again is not hidden by what was', () => {
    const stages = [stage('a storm', [good]), stage('a draught', [good], 1)];
    const found = findingsOf({ broken: [good], stages, expected });
    expect(found['whole again after the fault']?.value).toBeNaN();
  });

  it('knows a value for all that the hypothesis names', () => {
    const amplification = { upstream: 'catalog', atMost: 1.3 } as const;
    const found = findingsOf({ broken: [good], stages: [], expected });
    expect(Object.keys(found)).toEqual(
      Object.keys(hypothesisOf({ served: 0.999, wholeAgainS: 20, amplification })),
    );
  });
});
