import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Platform } from './define-platform.ts';

/** A fault in what the user gave or in the state of the repository. Its message says what to do. */
export class UsageError extends Error {}

/** Reports the findings of a check. The process ends with exit code 1. */
export class FindingsError extends Error {}

/** Lists the steps for a person after a command that could not finish its changes, for example because of conflicts. */
export class Unfinished {
  readonly next: readonly string[];

  constructor(next: readonly string[]) {
    this.next = next;
  }
}

/** The next steps after a command, one line each. */
export type Result = readonly string[] | Unfinished;

export interface CommandContext {
  /** The directory that the command reads and changes: the repository itself, or a copy of its committed files. */
  readonly root: string;
  /** The repository, for what a copy lacks, such as its remotes. Commands do not change it. */
  readonly repository: string;
  /** The words after the name of the command, without the options of all commands. */
  readonly args: readonly string[];
  /** Prints a step that begins, with the time since the start of the command. */
  readonly step: (text: string) => void;
}

export interface Command {
  readonly name: string;
  /**
   * `copy`: the command changes a copy of the committed files, and its changes are taken over when it has finished. It needs a
   * clean working tree. `repository`: it works in the repository as it is, which may have changes.
   */
  readonly on: 'copy' | 'repository';
  /** The words after the name, such as `service NAME --calls NAME`. */
  readonly usage: readonly string[];
  /** A sentence without a full stop. */
  readonly summary: string;
  /** Words after the name that work as typed. */
  readonly examples?: readonly string[];
  /**
   * How the history of the platform records the command. `added`: after the earlier ones. `replaced`: in the place of an earlier
   * command of the same name. `none`: the command records what it does. @default 'added'
   */
  readonly recorded?: 'added' | 'replaced' | 'none';
  /** A sentence for its help, such as the meaning of an exit code. */
  readonly note?: string;
  /**
   * Makes the changes in `root`. Changed files are formatted after it.
   * @throws UsageError
   */
  readonly run: (context: CommandContext) => Promise<Result>;
}

/** Reads the manifest of a repository. @throws Error with each fault of it */
export async function readPlatform(root: string): Promise<Platform> {
  // A query makes Node read the file again after a command changed it.
  const url = `${pathToFileURL(join(root, 'platform.config.ts')).href}?${performance.now()}`;
  const module = (await import(url)) as { platform: Platform };
  return module.platform;
}
