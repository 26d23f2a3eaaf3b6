import { type Command, type Result, Unfinished, UsageError } from '../command.ts';
import { readHistory, writeHistory } from '../history.ts';
import { parseWords } from '../options.ts';
import { type MergeResult, mergeDescents } from '../update/merge.ts';
import { fetchTemplate, findStart, findVersion } from '../update/template.ts';

export const updateCommand: Command = {
  name: 'update',
  on: 'copy',
  usage: ['[--from PATH|URL] [--to TAG|BRANCH|COMMIT]'],
  summary: 'merges a later version of the template into your platform',
  examples: ['--from https://git.example/template.git --to v0.3.0', '--to v0.4.0'],
  recorded: 'none',
  note: 'Exit code 2: files have conflicts. The changes are staged, and the output lists the files.',
  run: async ({ root, repository, args, step }) => {
    const { values, positionals } = parseWords(args, { from: { type: 'string' }, to: { type: 'string' } });
    if (positionals.length > 0)
      throw new UsageError(`Name the version with an option: update --to ${positionals[0]}`);
    const history = await readHistory(root);
    const from = values.from ?? history?.template.from;
    if (from === undefined)
      throw new UsageError(
        'Say once where the template is, with a URL or the path of a clone: npm run platform -- update --from URL. .platform.json keeps it.',
      );
    step(`Fetches the template from ${from}`);
    await fetchTemplate(root, repository, from);
    const to = await findVersion(root, values.to);
    const start = await findStart(root, history?.template, to);
    const commands = history?.commands ?? [];
    if (start.tree === to.tree) return [];
    const repeated = commands.length === 1 ? '1 command' : `${commands.length} commands`;
    step(`Repeats ${repeated} on ${shorten(start)} and on ${shorten(to)}, and merges the difference`);
    const result = await mergeDescents(root, {
      from: { commit: start.commit, commands },
      to: { commit: to.commit, commands },
      modules: repository,
    });
    await writeHistory(root, { template: { ...to, from }, commands });
    return describeNext(result, values.to ?? shorten(to));
  },
};

const countFiles = (count: number): string => (count === 1 ? '1 file' : `${count} files`);

const shorten = ({ commit }: { commit: string }): string => commit.slice(0, 10);

/** Returns the steps after a merge: first the conflicts, by file. */
export function describeNext({ conflicts, generateError }: MergeResult, version: string): Result {
  const solve = [
    `Both sides changed the same lines of ${countFiles(conflicts.length)}. Choose between the marks <<<<<<< and >>>>>>>, and remove them:`,
    ...conflicts.map((path) => `  ${path}`),
  ];
  const steps = ['npm install', 'npm test', `git commit -am "Update the template to ${version}"`];
  if (conflicts.length === 0 && generateError === undefined) return steps;
  return new Unfinished([
    ...(conflicts.length > 0 ? solve : []),
    ...(generateError === undefined ? [] : generateError.split('\n')),
    'npm run platform -- generate',
    ...steps,
  ]);
}
