import { type Command, type CommandContext, UsageError } from './command.ts';
import { commands } from './commands/index.ts';
import { WorkingCopy, git } from './working-copy.ts';

export interface Output {
  readonly print: (text: string) => void;
}

/** Runs a command on a repository. Returns the exit code: 0, or 1 for a fault that the output describes. */
export async function runPlatform(
  words: readonly string[],
  repository: string,
  { print }: Output,
): Promise<number> {
  const dryRun = words.includes('--dry-run');
  const [name, ...args] = words.filter((word) => word !== '--dry-run');
  const command = commands.find((each) => each.name === name);
  if (!command) {
    print(name === undefined || name === 'help' ? help() : `There is no command ${name}.\n\n${help()}`);
    return name === undefined || name === 'help' ? 0 : 1;
  }
  try {
    const step = (text: string): void => print(`· ${text}`);
    const next =
      command.on === 'repository'
        ? await command.run({ root: repository, repository, args, step })
        : await runInCopy(command, { repository, args, step }, dryRun, print);
    if (next.length > 0) print(`Next:\n${next.map((line) => `  ${line}`).join('\n')}`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(`${error.message}\nNothing was changed.`);
    return 1;
  }
}

async function runInCopy(
  command: Command,
  context: Omit<CommandContext, 'root'>,
  dryRun: boolean,
  print: Output['print'],
): Promise<string[]> {
  const { repository } = context;
  await requireCleanTree(repository);
  await using copy = await WorkingCopy.of(repository);
  const next = await command.run({ ...context, root: copy.root });
  const changes = await copy.changes();
  if (changes.length === 0) {
    print('Nothing to change.');
    return [];
  }
  if (dryRun) {
    print(`${await copy.patch()}\n${changes.length} files would change.`);
    return [];
  }
  await copy.applyToRepository();
  print(`${changes.length} files changed and staged; see them with: git diff --cached --stat`);
  return next;
}

/** @throws UsageError if the repository has changes that are not committed */
async function requireCleanTree(repository: string): Promise<void> {
  const status = await git(repository, 'status', '--porcelain');
  if (status === '') return;
  const shown = status.split('\n').filter(Boolean).slice(0, 10);
  throw new UsageError(
    `These changes are not committed:\n${shown.join('\n')}\nCommit or stash them first (git stash -u), so that the changes of the command stay apart from yours.`,
  );
}

function help(): string {
  const lines = commands.flatMap((command) => describe(command));
  return [
    'Changes this platform: its name, its services and its parts. The manifest is platform.config.ts.',
    '',
    'npm run platform -- COMMAND [--dry-run]',
    '',
    ...lines,
    '',
    'A command that edits code needs a clean working tree, stages what it changes, and says what to do next. --dry-run prints the',
    'changes as a diff and makes none. docs/how-to/ has a page for each command.',
  ].join('\n');
}

const describe = ({ name, usage, summary }: Command): string[] => [
  ...usage.map((words) => `  ${name} ${words}`.trimEnd()),
  `      ${summary}`,
];
