import { getHeapStatistics } from 'node:v8';

/** Runs in a thread. Returns the largest heap of the thread, in MiB. */
export const readHeapLimitMiB = (_task: object): number => getHeapStatistics().heap_size_limit / 2 ** 20;
