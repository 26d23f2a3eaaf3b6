import { describe, expect, it } from 'vitest';
import { type Changed, shop } from '../../test/shop.ts';
import type { InstanceSnapshot } from './poll-instances.ts';
import { TransitionLog } from './transitions.ts';

function harness() {
  const log = new TransitionLog('run');
  let seconds = -1;
  /** Looks again a second later; what is told, the latest last. */
  const see = (...services: InstanceSnapshot[]) => {
    seconds += 1;
    return log.follow({ at: seconds * 1000, services }, new Date(seconds * 1000));
  };
  const told = (changed: Changed) =>
    see(shop(changed)).map(({ subject, from, to }) => `${subject}: ${from} → ${to}`);
  return { see, told };
}

describe('the log of transitions', () => {
  it('tells of no change at the first look, whatever it sees', () => {
    expect(harness().told({ status: 'degraded', breaker: 'open', degraded: 7 })).toEqual([]);
  });

  it('tells each change of a service and of a breaker once, with an id of its own', () => {
    const { see, told } = harness();
    told({});
    told({ breaker: 'open' });
    expect(told({ breaker: 'open', status: 'degraded' })).toEqual([
      'shop→films: closed → open',
      'shop: ok → degraded',
    ]);
    expect(see(shop({ breaker: 'open', status: 'degraded' })).map(({ id }) => id)).toEqual([
      'run-1',
      'run-2',
    ]);
  });

  it('tells that a service is away, and nothing of its breakers meanwhile', () => {
    const { see, told } = harness();
    told({ breaker: 'open' });
    see({ name: 'shop', reason: 'unreachable' });
    expect(told({ breaker: 'open' })).toEqual(['shop: ok → unreachable', 'shop: unreachable → ok']);
  });

  it('tells when a feature is degraded, and that it is whole again after four quiet seconds', () => {
    const { told } = harness();
    told({});
    expect(told({ degraded: 1 })).toEqual(['picks: normal → popular, timeout']);
    for (const degraded of [1, 2, 2, 2, 2]) expect(told({ degraded })).toHaveLength(1);
    expect(told({ degraded: 2 }).at(-1)).toBe('picks: degraded → normal');
  });

  it('keeps the latest twenty', () => {
    const { told } = harness();
    for (let look = 0; look < 30; look += 1) told({ status: look % 2 === 0 ? 'ok' : 'degraded' });
    expect(told({ status: 'degraded' })).toHaveLength(20);
  });
});
