import { describe, expect, it } from 'vitest';
import { seeded } from '@film-store/core';
import { SEQUENTIAL_TEST_DEFAULTS, SequentialTest } from './sequential-test.ts';

const { excessFailures } = SEQUENTIAL_TEST_DEFAULTS;

function repeat(times: number, report: () => unknown): void {
  for (let time = 0; time < times; time += 1) report();
}

/** Reports calls of which a fraction fails, until the test decides. Returns their number. */
function countCalls(test: SequentialTest, failureRate: number, most: number, random = seeded(7)): number {
  for (let call = 1; call <= most; call += 1) {
    if (random() >= failureRate) test.succeeded();
    else if (test.failed()) return call;
  }
  return Infinity;
}

describe('sequential test', () => {
  it('decides at the 14th failure in a row, not at the 13th, after any number of successes', () => {
    const test = new SequentialTest({ excessFailures });
    repeat(100_000, () => test.succeeded());
    repeat(12, () => test.failed());
    expect(test.failed()).toBe(false);
    expect(test.failed()).toBe(true);
  });

  it('counts a success against a failure, but never below zero', () => {
    const test = new SequentialTest({ excessFailures });
    test.succeeded();
    repeat(13, () => test.failed());
    test.succeeded();
    expect(test.excess).toBe(12);
    expect([test.failed(), test.failed()]).toEqual([false, true]);
  });

  it('decides once for several failures that count together', () => {
    const test = new SequentialTest({ excessFailures });
    expect(test.failed(13)).toBe(false);
    expect(new SequentialTest({ excessFailures }).failed(14)).toBe(true);
  });

  it('does not decide on half of the calls failing in turn', () => {
    const test = new SequentialTest({ excessFailures });
    repeat(10_000, () => {
      expect(test.failed()).toBe(false);
      test.succeeded();
    });
  });

  it('counts a success for more at a higher error rate: at 80 %, for four failures', () => {
    const test = new SequentialTest({ excessFailures, errorRate: 0.8 });
    repeat(13, () => test.failed());
    test.succeeded();
    expect(test.excess).toBeCloseTo(9, 9);
  });

  it('never decides when it is disabled', () => {
    const test = new SequentialTest({ excessFailures: 0 });
    repeat(10_000, () => expect(test.failed()).toBe(false));
  });

  it.each([0, 0.01, 0.03, 0.1, 0.2])(
    'does not decide in a million calls of which a fraction of %d fails',
    (rate) => {
      expect(countCalls(new SequentialTest({ excessFailures }), rate, 1_000_000)).toBe(Infinity);
    },
  );

  it('does not decide in a million calls if 3 % fail, three in a row at a time', () => {
    const test = new SequentialTest({ excessFailures });
    const random = seeded(11);
    let decisions = 0;
    repeat(1_000_000, () => {
      if (random() >= 0.01) test.succeeded();
      else repeat(3, () => (decisions += Number(test.failed())));
    });
    expect(decisions).toBe(0);
  });
});

describe('baseline', () => {
  it('is learnt from calls after which the excess is zero again, between 5 and 30 %', () => {
    const test = new SequentialTest({ excessFailures });
    expect([test.baseline, test.threshold]).toEqual([0.05, 14]);
    countCalls(test, 0.2, 20_000);
    expect(test.baseline).toBeCloseTo(0.2, 1);
    expect(test.threshold).toBeCloseTo(29.7, -1);
    countCalls(test, 0.4, 20_000);
    expect(test.baseline).toBe(0.3);
  });

  it('falls when failures become rare', () => {
    const test = new SequentialTest({ excessFailures });
    countCalls(test, 0.3, 10_000);
    repeat(10_000, () => test.succeeded());
    expect([test.baseline, test.threshold]).toEqual([0.05, 14]);
  });

  it('does not change by an outage, whatever number of outages there are', () => {
    const test = new SequentialTest({ excessFailures });
    repeat(1_000, () => {
      test.succeeded();
      repeat(14, () => test.failed());
      test.restart();
    });
    expect(test.baseline).toBe(0.05);
    expect(test.excess).toBe(0);
  });
});
