import type { Command } from './command.ts';

/** Returns the text of `npm run platform` without a command. */
export function describeCommands(commands: readonly Command[]): string {
  return [
    'Makes this template your own: its name, its services and its parts.',
    '',
    'Usage: npm run platform -- COMMAND [--dry-run]',
    '',
    ...commands.flatMap((command) => [...describe(command), '']),
    'A command that edits code needs a clean working tree, stages its changes, and says what to do next. --dry-run prints the',
    'changes as a diff and makes none. The services are listed in platform.config.ts. docs/how-to/ explains each command.',
    'Exit codes: 0 for success; 1 for an error, which changes nothing; 2 if the changes are made and have conflicts.',
  ].join('\n');
}

/** Returns the text of `npm run platform -- COMMAND --help`. */
export const describeCommand = (command: Command): string => describe(command).join('\n');

const describe = ({ name, usage, summary, note, examples = [] }: Command): string[] => [
  ...usage.map((words) => `  ${name} ${words}`.trimEnd()),
  `      ${summary}`,
  ...(note ? [`      ${note}`] : []),
  ...examples.map((words) => `      $ npm run platform -- ${name} ${words}`.trimEnd()),
];
