import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DegradationReason } from '@film-store/degradation';
import type { StoreFault } from './faults.ts';

const SHIPPED = 'deploy/flags/flags.json';

/** Pages without flags: a part that a flag chooses has this further reason, and the flags are degraded too. */
export const FLAG_OFF: readonly DegradationReason[] = ['flag-off'];
export const FLAGS_DEGRADED = { flags: ['unreachable'] } as const satisfies Record<
  string,
  DegradationReason[]
>;

/** Copies the flags of the store, so that faults do not change them. Returns the path of the copy. */
export async function copyFlags(directory: string): Promise<string> {
  const path = join(directory, 'flags.json');
  await copyFile(SHIPPED, path);
  return path;
}

export const flagsFile = (what: 'gone' | 'garbage'): StoreFault => ({
  name: `the flag file is ${what}`,
  begin: async ({ url, flagsFile }) => {
    await (what === 'gone' ? rm(flagsFile) : writeFile(flagsFile, '{"flags": '));
    return async () => {
      const health = await fetch(`${url}/health/deep`, { signal: AbortSignal.timeout(2000) });
      const { details } = (await health.json()) as { details: Record<string, { status: string }> };
      return details['flags']?.status !== 'up';
    };
  },
  end: ({ flagsFile }) => copyFile(SHIPPED, flagsFile),
});

export const mendFlags = {
  name: 'flags work',
  mend: ({ flagsFile }: { readonly flagsFile: string }) => copyFile(SHIPPED, flagsFile),
};
