import type { ScaleMeasure } from '../store.ts';
import { measureColdResponses } from './cold-responses.ts';
import { measureLongOrders } from './long-orders.ts';
import { readAll } from './read-all.ts';
import { measureRestart } from './restart.ts';
import { startSubject } from './subject.ts';

/** Reads all films and orders, responds, counts long orders, and starts again with what it has stored. */
export const measureRecommendations: ScaleMeasure = async (store) => {
  const subject = await startSubject(store);
  const read = await readAll(store, subject);
  const cold = await measureColdResponses(store, subject);
  const long = await measureLongOrders(store, subject);
  await subject.stop();
  return [...read, ...cold, ...long, ...(await measureRestart(store))];
};
