import { type Command, UsageError, readPlatform } from '../command.ts';
import { PARTS, type Platform } from '../define-platform.ts';
import { findCallers, publicService, toServices } from '../derived.ts';
import { readHistory } from '../history.ts';
import { parts } from '../parts/index.ts';
import type { Part } from '../parts/part.ts';
import { toServicePart } from '../removal/service-part.ts';

export const removeCommand: Command = {
  name: 'remove',
  on: 'copy',
  usage: ['NAME'],
  summary: 'takes out a service or a part of the template, with everything that belongs to it',
  examples: parts.slice(0, 2).map(({ name }) => name),
  run: async ({ root, args, step }) => {
    const [name, ...others] = args;
    const platform = await readPlatform(root);
    if (name === undefined || others.length > 0)
      throw new UsageError(`Name one service or part.\n${listRemovable(platform)}`);
    const part = (await wasRemoved(root, platform, name)) ? undefined : findPart(root, platform, name);
    if (!part) return [];
    // Other commands do without ts-morph, which takes 0.2 s to load.
    const { removePart } = await import('../removal/remove-part.ts');
    await removePart(root, part, step);
    return ['npm ci', 'npm test', `git commit -m "platform: remove ${name}"`];
  },
};

/** Checks the history for the removal of a service that no longer exists: its part went with it. */
async function wasRemoved(root: string, platform: Platform, name: string): Promise<boolean> {
  const history = await readHistory(root);
  return (
    !platform.services[name] &&
    (history?.commands.some((words) => words.join(' ') === `remove ${name}`) ?? false)
  );
}

/** Returns the part to remove, or `undefined` if it is already removed. @throws UsageError if it cannot be removed */
function findPart(root: string, platform: Platform, name: string): Part | undefined {
  const known = parts.find((part) => part.name === name);
  if (platform.services[name]) {
    requireUnneeded(platform, name);
    return known ?? toServicePart(root, platform, name);
  }
  if (platform.parts.some((part) => part === name) && known) return known;
  if (known || PARTS.some((part) => part === name)) return undefined;
  throw new UsageError(`There is no service and no part ${name}.\n${listRemovable(platform)}`);
}

/** @throws UsageError if clients or other services cannot do without a service */
function requireUnneeded(platform: Platform, name: string): void {
  if (platform.services[name]?.public)
    throw new UsageError(
      `${name} is the public service, which clients call. Make another service public first.\n${listRemovable(platform)}`,
    );
  const callers = findCallers(platform, name).filter(({ kind }) => kind === 'critical');
  if (callers.length > 0)
    throw new UsageError(
      `These services cannot respond without ${name}: ${callers.map((caller) => caller.name).join(', ')}.\n` +
        `Change their code so that they can, make the calls degradable in platform.config.ts, and run this again.`,
    );
}

function listRemovable(platform: Platform): string {
  const main = publicService(platform).name;
  const services = toServices(platform)
    .map(({ name }) => name)
    .filter((name) => name !== main)
    .filter((name) => !findCallers(platform, name).some(({ kind }) => kind === 'critical'));
  const names = [...services, ...platform.parts];
  return names.length > 0 ? `You can remove: ${names.join(', ')}.` : 'Nothing is left that can be removed.';
}
