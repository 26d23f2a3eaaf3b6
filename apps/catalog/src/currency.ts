import type { Money } from '@film-store/contracts';

/** Converts an amount in cents. The store sells in euros only. */
export const toMoney = (amount: number): Money => ({ amount, currency: 'EUR' });
