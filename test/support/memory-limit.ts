import { access, constants, mkdtemp, readFile, rmdir, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** A control group of Linux whose processes have a memory limit. */
export interface MemoryLimit {
  /** Calls `start`, which starts a process. That process has the limit from its first instruction. */
  apply<T>(start: () => T): T;
  /** Removes the group. Its processes must have ended. */
  stop(): Promise<void>;
}

interface Hierarchy {
  readonly directory: string;
  readonly limitFile: string;
  /** Controller in `/proc/self/cgroup`. */
  readonly controller: string;
}

const hierarchies: readonly Hierarchy[] = [
  { directory: '/sys/fs/cgroup/memory', limitFile: 'memory.limit_in_bytes', controller: 'memory' },
  { directory: '/sys/fs/cgroup', limitFile: 'memory.max', controller: '' },
];

/**
 * Creates a control group with a memory limit, as a container has it. Resolves with `undefined` where this is not possible: on
 * other systems than Linux, and for other users than root.
 */
export async function createMemoryLimit(mebibytes: number): Promise<MemoryLimit | undefined> {
  for (const { directory, limitFile, controller } of hierarchies) {
    let group: string | undefined;
    try {
      const own = `${directory}${await readOwnGroup(controller)}`;
      await access(`${own}/cgroup.procs`, constants.W_OK);
      group = await mkdtemp(`${directory}/memory-limit-`);
      await writeFile(`${group}/${limitFile}`, String(mebibytes * 1024 ** 2));
      return toMemoryLimit(group, own);
    } catch {
      if (group !== undefined) await rmdir(group).catch(() => undefined);
    }
  }
  return undefined;
}

/** @param own the group of this process */
const toMemoryLimit = (group: string, own: string): MemoryLimit => ({
  apply(start) {
    // A process inherits the group of its parent.
    join(group);
    try {
      return start();
    } finally {
      join(own);
    }
  },
  // The kernel lets a group go a moment after its last process.
  stop: () => eventually(() => rmdir(group)),
});

const join = (group: string): void => writeFileSync(`${group}/cgroup.procs`, String(process.pid));

/** Reads the path of the group that this process is in, which begins with a slash. */
async function readOwnGroup(controller: string): Promise<string> {
  const groups = (await readFile('/proc/self/cgroup', 'utf8')).split('\n').map((line) => line.split(':'));
  const [, , ...path] = groups.find(([, names = '']) => names.split(',').includes(controller)) ?? [];
  if (path.length === 0) throw new Error('this process is in no control group with a memory limit');
  return path.join(':');
}
