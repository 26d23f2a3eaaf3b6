import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const problem: Library = {
  name: 'problem',
  adapters: ADAPTERS,
  check: async ({ post }) => {
    expect(await post('/bookings', { seats: 2 })).toMatchObject({ status: 201, body: { seats: 2 } });
    expect(await post('/bookings', { seats: 'two' })).toMatchObject({
      status: 400,
      body: { statusCode: 400, message: 'Invalid request' },
    });
    expect(await post('/bookings', { seats: 5 })).toMatchObject({
      status: 409,
      body: { statusCode: 409, message: 'only 4 seats are left' },
    });
    expect(await post('/bookings', { seats: 9 })).toMatchObject({ status: 422, body: { statusCode: 422 } });
  },
};
