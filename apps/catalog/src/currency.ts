import type { Money } from '@film-store/contracts';

/** The store sells in one currency: amounts are kept as cents of a euro. */
export const toMoney = (amount: number): Money => ({ amount, currency: 'EUR' });
