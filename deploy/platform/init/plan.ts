import type { Platform } from '../define-platform.ts';
import { findCallers, publicService, toServices } from '../derived.ts';

/** What a team wants from the template. */
export interface Choices {
  readonly name?: string | undefined;
  readonly scope?: string | undefined;
  readonly title?: string | undefined;
  /** Parts and services to take out. */
  readonly remove: readonly string[];
  /** Services to add, which the public service can do without. */
  readonly add: readonly string[];
}

/** Returns the words of the commands that make the choices true, in their order. */
export function planCommands(platform: Platform, choices: Choices): string[][] {
  const { name, scope, title, remove, add } = choices;
  const option = (key: string, value: string | undefined) => (value === undefined ? [] : [key, value]);
  const rename =
    name === undefined ? [] : [['rename', name, ...option('--scope', scope), ...option('--title', title)]];
  const caller = publicService(platform).name;
  return [
    ...rename,
    ...remove.map((part) => ['remove', part]),
    ...add.map((service) => ['add', 'service', service, '--called-by', caller, '--degradable']),
  ];
}

/** Returns the services that no other service needs for a response, except the public one. */
export const findRemovable = (platform: Platform): string[] =>
  toServices(platform)
    .filter((service) => !service.public)
    .map(({ name }) => name)
    .filter((name) => findCallers(platform, name).every(({ kind }) => kind === 'degradable'));

/** Returns a command as a person types it. */
export const toCommandLine = (words: readonly string[]): string =>
  ['npm run platform --', ...words.map((word) => (/^[\w@.,/-]+$/.test(word) ? word : `"${word}"`))].join(' ');
