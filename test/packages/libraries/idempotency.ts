import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const idempotency: Library = {
  name: 'idempotency',
  adapters: ADAPTERS,
  check: async ({ post }) => {
    const order = (quantity: number, key = randomUUID()) =>
      post('/orders', { quantity }, { 'idempotency-key': key });
    const replayed = ({ headers }: { readonly headers: Headers }) => headers.get('idempotent-replayed');

    expect(await post('/orders', { quantity: 1 })).toMatchObject({ status: 400, body: { statusCode: 400 } });

    const key = randomUUID();
    const responses = await Promise.all(Array.from({ length: 5 }, () => order(1, key)));
    const [first, ...others] = responses.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ body: { quantity: 1 } });
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(4);

    const replay = await order(1, key);
    expect(replay).toMatchObject({ status: 201, body: first!.body });
    expect(replayed(replay)).toBe('true');
    expect(await order(2, key)).toMatchObject({ status: 422 });

    const conflictKey = randomUUID();
    const conflict = await order(11, conflictKey);
    expect(conflict).toMatchObject({ status: 409, body: { message: 'only 10 are in stock' } });
    expect(replayed(conflict)).toBeNull();
    const conflictReplay = await order(11, conflictKey);
    expect(conflictReplay).toMatchObject({ status: 409, body: conflict.body });
    expect(replayed(conflictReplay)).toBe('true');
  },
};
