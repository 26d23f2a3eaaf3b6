import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { chooseRedis } from '../../deploy/local/redis.ts';
import { play } from './play.ts';

const { PATH, CI } = process.env;
const hasRedis = chooseRedis({ PATH }).kind === 'own';
/** Hides redis-down, whose signs do not depend on the speed of the machine, and which needs no optional part. */
const SEED = 10;

it.runIf(hasRedis || CI)(
  'the script finds the cause of a real game with the runbooks, and restores the store',
  async () => {
    const { outcome, score, report } = await play({
      seed: SEED,
      role: 'script',
      withRunbooks: true,
      print: () => undefined,
    });
    expect(outcome.named).toEqual([outcome.hidden]);
    expect(outcome.restoredMs).toBeGreaterThan(0);
    expect(outcome.harm).toEqual([]);
    expect(score.found).toBe(true);
    expect(existsSync(report)).toBe(true);
  },
);
