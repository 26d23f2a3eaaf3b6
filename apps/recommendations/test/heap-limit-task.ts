import { getHeapStatistics } from 'node:v8';

/** Runs in a thread. Returns the largest heap of the thread, in units of `unit` bytes. */
export const readHeapLimit = ({ unit }: { readonly unit: number }): number =>
  getHeapStatistics().heap_size_limit / unit;
