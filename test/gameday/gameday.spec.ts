import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { chooseRedis } from '../../deploy/local/redis.ts';
import { play } from './play.ts';
import { drawSchedule } from './schedule.ts';

const { PATH, CI } = process.env;
const hasRedis = chooseRedis({ PATH }).kind === 'own';
/** The signs of this cause do not depend on the speed of the machine, and it needs no optional part. */
const CAUSE = 'redis-down';
const seed = Array.from({ length: 1000 }, (_, nth) => nth).find(
  (nth) => String(drawSchedule(nth, 'script', true).hidden) === CAUSE,
)!;

it.runIf(hasRedis || CI)(
  'the script finds the cause of a real game with the runbooks, and restores the store',
  async () => {
    const { outcome, score, report } = await play({
      seed,
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
