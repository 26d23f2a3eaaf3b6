import { type Command, FindingsError, readPlatform } from '../command.ts';
import type { Platform } from '../define-platform.ts';
import type { Check, Finding } from '../doctor/check.ts';
import { build, nodeVersion, packages, templateUpdate } from '../doctor/machine-checks.ts';
import {
  generatedFiles,
  names,
  removedParts,
  serviceFiles,
  strangeFolders,
} from '../doctor/manifest-checks.ts';

/** In the order in which they are mended: what a later check needs comes first. */
const CHECKS: readonly Check[] = [
  templateUpdate,
  nodeVersion,
  packages,
  names,
  serviceFiles,
  strangeFolders,
  removedParts,
  generatedFiles,
  build,
];

export const doctorCommand: Command = {
  name: 'doctor',
  on: 'repository',
  usage: [''],
  summary:
    'finds what is out of step with platform.config.ts, and says what mends it; exit code 1 if anything is',
  run: async ({ root, step }) => {
    const platform = await readManifest(root);
    const findings: Finding[] = [];
    for (const { subject, find } of CHECKS) {
      const found = await find(root, platform);
      step(`${found.length === 0 ? '✓' : '✗'} ${subject}`);
      findings.push(...found);
    }
    if (findings.length > 0) throw new FindingsError(describe(findings));
    return [];
  },
};

/** @throws FindingsError if the manifest is invalid, because every other check needs it */
async function readManifest(root: string): Promise<Platform> {
  try {
    return await readPlatform(root);
  } catch (error) {
    throw new FindingsError(
      describe([{ problem: (error as Error).message, fix: 'Correct platform.config.ts.' }]),
    );
  }
}

const describe = (findings: readonly Finding[]): string =>
  findings.map(({ problem, fix }) => `\n${problem}\n  → ${fix}`).join('\n');
