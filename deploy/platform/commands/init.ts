import { type Command, UsageError, readPlatform } from '../command.ts';
import { type Choices, planCommands, toCommandLine } from '../init/plan.ts';
import { promptForChoices } from '../init/wizard.ts';
import { runPlatformIn } from '../node-process.ts';
import { parseWords } from '../options.ts';
import { parts } from '../parts/index.ts';
import { commitAll } from '../working-copy.ts';

const removal = parts.slice(-2).map(({ name }) => `--remove ${name}`);

export const initCommand: Command = {
  name: 'init',
  on: 'copy',
  usage: ['', '--name NAME [--scope @SCOPE] [--title TITLE] [--remove NAME,…] [--add SERVICE,…]'],
  summary: 'makes a new clone your own: prompts in a terminal, or takes options, and runs the commands below',
  examples: ['', ['--name acme-shop', ...removal, '--add reviews'].join(' ')],
  recorded: 'none',
  run: async ({ root, args, step }) => {
    const platform = await readPlatform(root);
    const choices = args.length > 0 ? parseChoices(args) : await promptForChoices(requireTerminal(platform));
    const commands = planCommands(platform, choices);
    for (const words of commands) {
      step(toCommandLine(words));
      // Each command records itself, and runs with the code that the one before it changed.
      await runPlatformIn(root, '--in-place', ...words);
      await commitAll(root, words.join(' '));
    }
    return ['npm install', 'npm test', 'git commit -m "Make the template our own"', 'npm run demo'];
  },
};

/** @throws UsageError for a word that is no option */
function parseChoices(args: readonly string[]): Choices {
  const { values, positionals } = parseWords(args, {
    name: { type: 'string' },
    scope: { type: 'string' },
    title: { type: 'string' },
    remove: { type: 'string', multiple: true },
    add: { type: 'string', multiple: true },
  });
  if (positionals.length > 0)
    throw new UsageError(`Give the name with an option: init --name ${positionals[0]}`);
  const { name, scope, title, remove = [], add = [] } = values;
  if (name === undefined && (scope ?? title) !== undefined)
    throw new UsageError('A scope or a title needs a name: init --name acme-shop');
  return { name, scope, title, remove: splitLists(remove), add: splitLists(add) };
}

const splitLists = (lists: readonly string[]): string[] =>
  lists.flatMap((list) => list.split(',')).filter((name) => name !== '');

/** @throws UsageError without a terminal */
function requireTerminal<Value>(value: Value): Value {
  if (process.stdin.isTTY && process.stdout.isTTY) return value;
  throw new UsageError(
    [
      'There is no terminal for questions. Give the choices as options:',
      ...initCommand.usage.filter(Boolean).map((words) => `  npm run platform -- init ${words}`),
    ].join('\n'),
  );
}
