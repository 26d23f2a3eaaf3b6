import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HealthCheckFailed, type HealthDetails, type HealthIndicator } from '@film-store/core';

const MIB = 2 ** 20;
/** With less free space, in bytes, the next write may fail. */
const MIN_FREE = 64 * MIB;

/** @throws HealthCheckFailed when less than 64 MiB are free */
export function checkDisk({ free, total }: { readonly free: number; readonly total: number }): HealthDetails {
  const details = { freeMiB: Math.floor(free / MIB), totalMiB: Math.floor(total / MIB) };
  if (free < MIN_FREE) throw new HealthCheckFailed('the disk is full', details);
  return details;
}

/** Checks the free space of the disk with the data of a service. */
export const diskIndicator = (directory: string): HealthIndicator => ({
  name: 'disk',
  critical: true,
  check: async () => {
    const { bavail, blocks, bsize } = await statExisting(directory);
    return checkDisk({ free: bavail * bsize, total: blocks * bsize });
  },
});

/** Uses the first parent that exists, where a missing directory would be created. */
async function statExisting(directory: string): Promise<StatsFs> {
  try {
    return await statfs(directory);
  } catch (error) {
    const parent = dirname(directory);
    if (parent === directory || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return statExisting(parent);
  }
}
