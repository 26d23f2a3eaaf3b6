import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HealthCheckFailed, type HealthDetails, type HealthIndicator } from '@film-store/core';

/** With less than this left, in bytes, the next write may be the one that fails. */
const LEAST_FREE = 64 * 2 ** 20;
const MIB = 2 ** 20;

/** @throws HealthCheckFailed when the disk is full, or nearly */
export function judgeDisk({ free, total }: { readonly free: number; readonly total: number }): HealthDetails {
  const details = { freeMiB: Math.floor(free / MIB), totalMiB: Math.floor(total / MIB) };
  if (free < LEAST_FREE) throw new HealthCheckFailed('the disk is full', details);
  return details;
}

/** The room that is left where a service keeps its data. */
export const diskIndicator = (directory: string): HealthIndicator => ({
  name: 'disk',
  critical: true,
  check: async () => {
    const { bavail, blocks, bsize } = await statfsOfExisting(directory);
    return judgeDisk({ free: bavail * bsize, total: blocks * bsize });
  },
});

/** A directory that is not there yet will be made in the first one above it that is. */
async function statfsOfExisting(directory: string): Promise<StatsFs> {
  try {
    return await statfs(directory);
  } catch (error) {
    const above = dirname(directory);
    if (above === directory || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return statfsOfExisting(above);
  }
}
