import { describe, expect, it } from 'vitest';
import { type Changes, shop } from '../../test/shop.ts';
import type { InstanceSnapshot } from './poll-instances.ts';
import { TransitionLog } from './transitions.ts';

function createHarness() {
  const log = new TransitionLog('run');
  let seconds = -1;
  /** Records a sample one second after the previous one, and returns the latest transitions. */
  const record = (...services: InstanceSnapshot[]) => {
    seconds += 1;
    return log.record({ at: seconds * 1000, services }, new Date(seconds * 1000));
  };
  const recordShop = (changes: Changes) =>
    record(shop(changes)).map(({ subject, from, to }) => `${subject}: ${from} → ${to}`);
  return { record, recordShop };
}

describe('TransitionLog', () => {
  it('records no transition at the first sample', () => {
    expect(createHarness().recordShop({ status: 'degraded', breaker: 'open', degraded: 7 })).toEqual([]);
  });

  it('records each change of a service and of a breaker once, with a unique id', () => {
    const { record, recordShop } = createHarness();
    recordShop({});
    recordShop({ breaker: 'open' });
    expect(recordShop({ breaker: 'open', status: 'degraded' })).toEqual([
      'shop→films: closed → open',
      'shop: ok → degraded',
    ]);
    expect(record(shop({ breaker: 'open', status: 'degraded' })).map(({ id }) => id)).toEqual([
      'run-1',
      'run-2',
    ]);
  });

  it('records that a service is unreachable, and no change of its breakers meanwhile', () => {
    const { record, recordShop } = createHarness();
    recordShop({ breaker: 'open' });
    record({ name: 'shop', reason: 'unreachable' });
    expect(recordShop({ breaker: 'open' })).toEqual(['shop: ok → unreachable', 'shop: unreachable → ok']);
  });

  it('records that a feature is degraded, and that it is normal again after four seconds', () => {
    const { recordShop } = createHarness();
    recordShop({});
    expect(recordShop({ degraded: 1 })).toEqual(['offers: normal → popular, timeout']);
    for (const degraded of [1, 2, 2, 2, 2]) expect(recordShop({ degraded })).toHaveLength(1);
    expect(recordShop({ degraded: 2 }).at(-1)).toBe('offers: degraded → normal');
  });

  it('keeps the latest twenty transitions', () => {
    const { recordShop } = createHarness();
    for (let count = 0; count < 30; count += 1) recordShop({ status: count % 2 === 0 ? 'ok' : 'degraded' });
    expect(recordShop({ status: 'degraded' })).toHaveLength(20);
  });
});
