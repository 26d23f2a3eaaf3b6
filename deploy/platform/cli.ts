import {
  type Command,
  type CommandContext,
  FindingsError,
  type Result,
  Unfinished,
  UsageError,
} from './command.ts';
import { commands } from './commands/index.ts';
import { formatFiles } from './format.ts';
import { describeCommand, describeCommands } from './help.ts';
import { recordCommand } from './history.ts';
import { WorkingCopy, findChangedFiles, git } from './working-copy.ts';

export interface Output {
  readonly print: (text: string) => void;
}

/**
 * `dryRun` prints the changes and makes none. `inPlace` changes the repository itself, which is a copy that another command
 * made, and needs no clean working tree.
 */
interface Options {
  readonly dryRun: boolean;
  readonly inPlace: boolean;
}

/** Runs a command on a repository. Returns the exit code, which `EXIT` explains. */
export async function runPlatform(
  words: readonly string[],
  repository: string,
  output: Output,
): Promise<number> {
  const { print } = output;
  const options = { dryRun: words.includes('--dry-run'), inPlace: words.includes('--in-place') };
  const [name = 'help', ...args] = words.filter((word) => !OPTIONS.has(word));
  const command = commands.find((each) => each.name === name);
  if (!command) {
    const isHelp = name === 'help' || HELP.has(name);
    print(
      isHelp ? describeCommands(commands) : `There is no command ${name}.\n\n${describeCommands(commands)}`,
    );
    return isHelp ? EXIT.done : EXIT.rejected;
  }
  if (args.some((word) => HELP.has(word))) {
    print(describeCommand(command));
    return EXIT.done;
  }
  try {
    if (args.length > 0 && command.usage.every((usage) => usage === ''))
      throw new UsageError(`${name} takes no words after it: npm run platform -- ${name}`);
    const context = { repository, args, step: createStep(output) };
    const next = await runCommand(command, context, options, output);
    const steps = next instanceof Unfinished ? next.next : next;
    if (steps.length > 0) print(`Next:\n${steps.map((line) => `  ${line}`).join('\n')}`);
    return next instanceof Unfinished ? EXIT.unfinished : EXIT.done;
  } catch (error) {
    if (error instanceof UsageError) print(`${error.message}\nNothing was changed.`);
    else if (error instanceof FindingsError) print(error.message);
    else throw error;
    return EXIT.rejected;
  }
}

/** Exit codes. `rejected`: nothing was changed. `unfinished`: the changes are made, and a person has to finish them. */
const EXIT = { done: 0, rejected: 1, unfinished: 2 } as const;

const OPTIONS: ReadonlySet<string> = new Set(['--dry-run', '--in-place']);
const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

/** Returns a function that prints a step with the seconds since now. */
function createStep({ print }: Output): (text: string) => void {
  const start = performance.now();
  return (text) => print(`${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

type RepositoryContext = Omit<CommandContext, 'root'>;

async function runCommand(
  command: Command,
  context: RepositoryContext,
  options: Options,
  output: Output,
): Promise<Result> {
  const inRepository = { ...context, root: context.repository };
  if (command.on === 'repository') return command.run(inRepository);
  if (options.inPlace) return runAndRecord(command, inRepository);
  return runInCopy(command, context, options, output);
}

async function runInCopy(
  command: Command,
  context: RepositoryContext,
  { dryRun }: Options,
  { print }: Output,
): Promise<Result> {
  const { repository } = context;
  await requireCleanTree(repository);
  await using copy = await WorkingCopy.of(repository);
  const next = await runAndRecord(command, { ...context, root: copy.root });
  const changes = await copy.changes();
  if (changes.length === 0) {
    print('Nothing to change.');
    return [];
  }
  if (dryRun) {
    print(`${await copy.patch()}\n${changes.length} files would change.`);
    return next instanceof Unfinished ? new Unfinished([]) : [];
  }
  await copy.applyToRepository();
  context.step('Done.');
  print(`${changes.length} files changed and staged; see them with: git diff --cached --stat`);
  return next;
}

/** Runs a command, adds it to the history, and formats what it changed. */
async function runAndRecord(command: Command, context: CommandContext): Promise<Result> {
  const next = await command.run(context);
  const { root, args, step } = context;
  if ((await git(root, 'status', '--porcelain')) === '') return next;
  const recorded = command.recorded ?? 'added';
  if (recorded !== 'none')
    await recordCommand(root, [command.name, ...args], { replaces: recorded === 'replaced' });
  const paths = await findChangedFiles(root);
  step(`Formats ${paths.length} files`);
  await formatFiles(root, paths);
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
