import { describe, expect, it } from 'vitest';
import type { Experiment, Step, Trial } from './experiment.ts';
import { runExperiment } from './run-experiment.ts';

const settings = { seed: 1, orders: 1, requests: 0, database: 'pglite' } as const;
const silent = { step: () => undefined, progress: () => undefined };

/** A lamp that an experiment may switch off and its rollback switches on again. */
function lamp(
  method: (lamp: { lit: boolean }, signal: AbortSignal) => AsyncIterable<Step> | Iterable<Step>,
  change: Partial<Trial> = {},
) {
  const state = { lit: true, stopped: false };
  const experiment: Experiment = {
    name: 'lamp',
    title: 'Does the lamp burn?',
    expected: 'it does',
    prepare: async (_, stops) => {
      stops.add({ stop: async () => void (state.stopped = true) });
      return {
        hypothesis: { lit: { exactly: 1 } },
        observe: async () => ({ lit: { value: Number(state.lit) } }),
        method: (signal) => method(state, signal),
        rollbacks: [{ name: 'on', act: () => void (state.lit = true) }],
        abort: { name: 'never', when: () => false },
        progress: () => '',
        figures: () => ({ lamps: 1 }),
        ...change,
      };
    },
  };
  const run = (interrupted = new AbortController().signal) =>
    runExperiment(experiment, settings, silent, interrupted);
  return { state, run };
}

const off = (state: { lit: boolean }): Step => ({ name: 'off', act: () => void (state.lit = false) });
const waits: Step = {
  name: 'waits',
  act: (signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
    }),
};

describe('an experiment', () => {
  it('holds if the rollback restores the steady state', async () => {
    const { state, run } = lamp((lamp) => [{ ...off(lamp), confirm: async () => !lamp.lit }]);
    const outcome = await run();
    expect(outcome).toMatchObject({
      verdict: 'held',
      steps: [{ name: 'off' }, { name: 'on' }],
      after: [{ probe: 'lit', value: 1, holds: true }],
      figures: { lamps: 1 },
    });
    expect(state.stopped).toBe(true);
  });

  it('is refuted if the steady state does not return', async () => {
    const { run } = lamp((lamp) => [off(lamp)], { rollbacks: [] });
    expect(await run()).toMatchObject({
      verdict: 'refuted',
      before: [{ holds: true }],
      after: [{ holds: false }],
    });
  });

  it('is refuted if a demanded effect was not observed, which is not checked before', async () => {
    const looks = [{ lit: { value: 1 } }, { lit: { value: 1 }, flickers: { value: 0 } }];
    const { run } = lamp(() => [], {
      demands: { flickers: { atLeast: 1 } },
      observe: async () => looks.shift()!,
    });
    expect(await run()).toMatchObject({
      verdict: 'refuted',
      before: [{ probe: 'lit' }],
      after: [
        { probe: 'lit', holds: true },
        { probe: 'flickers', value: 0, holds: false },
      ],
    });
  });

  it('is inconclusive if a fault had no effect, and stops there', async () => {
    const { state, run } = lamp((lamp) => [
      { name: 'unplug', act: () => undefined, confirm: async () => !lamp.lit },
      off(lamp),
    ]);
    expect(await run()).toMatchObject({
      verdict: 'inconclusive',
      reason: 'did not take hold: unplug',
      steps: [{ name: 'unplug' }, { name: 'on' }],
    });
    expect(state.stopped).toBe(true);
  });

  it('does not start without the steady state', async () => {
    const { run } = lamp((lamp) => [off(lamp)], { observe: async () => ({ lit: { value: 0 } }) });
    expect(await run()).toMatchObject({ verdict: 'inconclusive', steps: [{ name: 'on' }] });
  });

  it('is aborted on its condition, and rolled back', async () => {
    const { state, run } = lamp((lamp) => [off(lamp), waits, off(lamp)], {
      abort: { name: 'too dark', when: () => true },
    });
    expect(await run()).toMatchObject({
      verdict: 'aborted',
      reason: 'too dark',
      steps: [{ name: 'off' }, { name: 'waits' }, { name: 'on' }],
    });
    expect(state).toEqual({ lit: true, stopped: true });
  });

  it('is aborted by an interruption', async () => {
    const { state, run } = lamp((lamp) => [off(lamp), waits]);
    const interruption = new AbortController();
    const outcome = run(interruption.signal);
    setImmediate(() => interruption.abort());
    expect(await outcome).toMatchObject({ verdict: 'aborted', reason: 'interrupted' });
    expect(state).toEqual({ lit: true, stopped: true });
  });

  it('runs every rollback, and reports those that failed', async () => {
    const fails: Step = { name: 'call for help', act: () => Promise.reject(new Error('no one came')) };
    const { state, run } = lamp((lamp) => [off(lamp)], {
      rollbacks: [fails, { name: 'on', act: () => void (state.lit = true) }],
    });
    expect(await run()).toMatchObject({
      verdict: 'inconclusive',
      reason: 'not rolled back: call for help: Error: no one came',
      after: [{ holds: true }],
    });
  });

  it('is inconclusive if its method fails', async () => {
    const { state, run } = lamp(() => [{ name: 'slip', act: () => Promise.reject(new Error('oops')) }]);
    expect(await run()).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the method failed: Error: oops',
    });
    expect(state.stopped).toBe(true);
  });
});
