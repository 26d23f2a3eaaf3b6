import { describe, expect, it } from 'vitest';
import { seeded } from '../random.ts';
import { drawOrderTasks } from './order-tasks.ts';

const stock = new Map([
  ...Array.from({ length: 50 }, (_, nth): [string, number] => [`many-${nth}`, 100]),
  ['few-1', 1],
  ['few-2', 9],
  ['none', 0],
]);
const draw = (seed: number) => drawOrderTasks(seeded(seed), 200, stock);

describe('the orders of an experiment', () => {
  it('are the same for the same seed, and different for another', () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('have a key each, and one to three units of each of one to three films', () => {
    const orderTasks = draw(1);
    expect(new Set(orderTasks.map(({ key }) => key)).size).toBe(200);
    expect(new Set(orderTasks.map(({ items }) => items.length))).toEqual(new Set([1, 2, 3]));
    expect(new Set(orderTasks.flatMap(({ items }) => items.map(({ quantity }) => quantity)))).toEqual(
      new Set([1, 2, 3]),
    );
    for (const { items } of orderTasks) {
      expect(new Set(items.map(({ productId }) => productId)).size).toBe(items.length);
    }
  });

  it('sometimes include scarce films, so that some are rejected, and never a film that is sold out', () => {
    const films = new Set(draw(1).flatMap(({ items }) => items.map(({ productId }) => productId)));
    expect([...films].some((film) => film.startsWith('few-'))).toBe(true);
    expect(films).not.toContain('none');
  });
});
