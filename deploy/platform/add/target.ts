import { isDeepStrictEqual } from 'node:util';
import { UsageError, readPlatform } from '../command.ts';
import type { Call, Platform } from '../define-platform.ts';
import { readHistory } from '../history.ts';
import { runPlatformIn } from '../node-process.ts';
import { writeReference } from '../write-reference.ts';
import { Code } from './code.ts';
import { writeReferences } from './project-references.ts';

/** The copy of a repository that a command adds something to. */
export interface Target {
  readonly root: string;
  readonly scope: string;
  readonly platform: Platform;
  readonly code: Code;
  /** True if the platform ran the same command before. A later command may have removed the result. */
  readonly isRepeated: boolean;
  readonly step: (text: string) => void;
}

/** Opens a repository for a command. `words` are those of the command, with its name. */
export async function openTarget(
  root: string,
  words: readonly string[],
  step: (text: string) => void,
): Promise<Target> {
  const platform = await readPlatform(root);
  const commands = (await readHistory(root))?.commands ?? [];
  const isRepeated = commands.some((earlier) => isDeepStrictEqual(earlier, words));
  return { root, scope: platform.scope, platform, code: new Code(root), isRepeated, step };
}

/** Saves the manifest and checks it. @throws UsageError with its faults, such as a cycle of critical calls */
export async function checkManifest({ root, code }: Target): Promise<Platform> {
  await code.save();
  try {
    return await readPlatform(root);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Writes everything that derives from the manifest and from the settings of the services. */
export async function writeDerived(
  { root, scope, code, step }: Target,
  services: readonly string[],
): Promise<void> {
  await code.save();
  for (const service of services) await writeReferences(root, scope, service);
  step('Generates what derives from platform.config.ts');
  await runPlatformIn(root, 'generate');
  step('Writes .env.example and docs/reference');
  await writeReference(root);
}

/** @throws UsageError if the platform lacks the service. `hint` says what else to give. */
export function requireService({ platform }: Target, name: string, option: string, hint = ''): void {
  if (name in platform.services) return;
  const known = Object.keys(platform.services).join(', ');
  throw new UsageError(`${option}: there is no service "${name}". The services are ${known}. ${hint}`.trim());
}

/** @throws UsageError for both kinds at once */
export function parseKind({ critical, degradable }: { critical?: boolean; degradable?: boolean }): Call {
  if (critical && degradable) throw new UsageError('Give either --critical or --degradable.');
  return critical ? 'critical' : 'degradable';
}

/** Parses names that are separated by commas. */
export const parseNames = (list: string | undefined): string[] =>
  list === undefined
    ? []
    : [
        ...new Set(
          list
            .split(',')
            .map((name) => name.trim())
            .filter(Boolean),
        ),
      ];
