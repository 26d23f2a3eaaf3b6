import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const fastTicks = fileURLToPath(new URL('fast-ticks.ts', import.meta.url));

/** Prints how V8 creates the properties of a tick's object, after a collection at which no tick waits. */
const script = `
  let turns = 0;
  const turn = () => {
    turns += 1;
    if (turns <= 50 || (turns > 55 && turns <= 105)) process.nextTick(() => {});
    if (turns === 54) gc();
    if (turns < 107) return setImmediate(turn);
    const feedback = %GetFeedback(process.nextTick);
    console.log(feedback.filter(([kind]) => /^DefineKeyed/.test(kind)).map(([, state]) => state).join(' '));
  };
  setImmediate(turn);
`;

const stateOfTicks = (...args: string[]): string =>
  execFileSync(process.execPath, ['--allow-natives-syntax', '--expose-gc', ...args, '--eval', script], {
    encoding: 'utf8',
  }).trim();

it('ticks are created the fast way after a collection', () => {
  expect(stateOfTicks('--import', fastTicks)).toMatch(/^(MONOMORPHIC ?)+$/);
});

it('ticks need an object that is kept for that', () => {
  expect(stateOfTicks()).toMatch(/MEGAMORPHIC/);
});
