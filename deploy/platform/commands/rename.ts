import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, UsageError, readPlatform } from '../command.ts';
import { type History, readHistory } from '../history.ts';
import { runPlatformIn } from '../node-process.ts';
import { parseWords } from '../options.ts';
import { type PlatformNames, parseNames } from '../rename/names.ts';
import { findLibraries, renamePaths, replaceInFiles } from '../rename/rename-files.ts';
import { createReplacement, createScopeReplacement, toSearchPattern } from '../rename/spellings.ts';
import { requireFreeNames } from '../rename/taken-names.ts';
import { type MergeResult, mergeDescents } from '../update/merge.ts';
import { requireVersion } from '../update/template.ts';
import { git, linkLibraries } from '../working-copy.ts';
import { describeNext } from './update.ts';

export const renameCommand: Command = {
  name: 'rename',
  on: 'copy',
  usage: ['NAME [--scope @SCOPE] [--title TITLE]'],
  summary:
    'gives the platform your name: packages, images, namespace, labels, URNs, dashboards and documents',
  examples: ['acme-shop', 'acme-shop --scope @acme --title "Acme Shop"'],
  recorded: 'replaced',
  run: async ({ root, repository, args, step }) => {
    const { values, positionals } = parseWords(args, {
      scope: { type: 'string' },
      title: { type: 'string' },
    });
    const [word, ...others] = positionals;
    if (word === undefined) throw new UsageError('Give the new name: npm run platform -- rename acme-shop');
    if (others.length > 0)
      throw new UsageError(
        `A name has no blanks. For people, add a title: rename ${positionals.join('-')} --title "${positionals.join(' ')}"`,
      );
    const platform = await readPlatform(root);
    const to = parseNames(word, values);
    await requireFreeNames(root, platform, to);
    if (isSame(platform, to)) return [];
    step(`Renames ${platform.title} to ${to.title}: ${to.name}, ${to.scope}`);
    const history = await readHistory(root);
    // Until the first rename the names are those of the template, which are found safely.
    const isRenamed = history?.commands.some(([name]) => name === renameCommand.name) ?? false;
    if (history && isRenamed) await requireVersion(root, repository, history.template);
    if (!history || !isRenamed || (await isDistinctive(root, platform, history))) {
      await renameText(root, platform, to);
      await addCopyright(root, to);
      step('Generates what derives from platform.config.ts');
      await linkLibraries(root);
      await runPlatformIn(root, 'generate');
    } else {
      step(`${platform.name} also stands in other code, so the commands are repeated with the new name`);
      const result = await renameByReplay({ root, modules: repository, history, from: platform, to, args });
      if (result.conflicts.length > 0) return describeNext(result, to.name);
    }
    return [
      'npm install        # links the libraries under their new names',
      'npm test',
      `git commit -m "Rename the template to ${to.name}"`,
    ];
  },
};

interface Replay {
  readonly root: string;
  readonly modules: string;
  readonly history: History;
  readonly from: PlatformNames;
  readonly to: PlatformNames;
  readonly args: readonly string[];
}

/**
 * Renames by repeating the commands on the start of the platform, once with each name, and merging the difference. The scope is
 * also replaced in code that the template does not have.
 */
async function renameByReplay({ root, modules, history, from, to, args }: Replay): Promise<MergeResult> {
  const { template, commands } = history;
  const { commit } = template;
  const renamed = commands.map((words) =>
    words[0] === renameCommand.name ? [renameCommand.name, ...args] : words,
  );
  const result = await mergeDescents(root, {
    from: { commit, commands },
    to: { commit, commands: renamed },
    modules,
  });
  const replace = createScopeReplacement(from, to, await findLibraries(root));
  await replaceInFiles(root, from.scope, replace);
  return result;
}

const isSame = (a: PlatformNames, b: PlatformNames): boolean =>
  a.name === b.name && a.title === b.title && a.scope === b.scope;

/** Returns whether the names are found safely in a text: they have several words, and the template's code has none of them. */
async function isDistinctive(root: string, names: PlatformNames, { template }: History): Promise<boolean> {
  if (!names.name.includes('-') || !names.title.includes(' ')) return false;
  const search = ['grep', '-qIiE', toSearchPattern(names), template.commit, '--', 'apps', 'libs'];
  return git(root, ...search).then(
    () => false,
    () => true,
  );
}

async function renameText(root: string, from: PlatformNames, to: PlatformNames): Promise<void> {
  const replace = createReplacement(from, to, await findLibraries(root));
  await replaceInFiles(root, toSearchPattern(from), replace);
  await renamePaths(root, replace);
}

/** Adds a line to the license below the line of the template, which stays. */
async function addCopyright(root: string, { title }: PlatformNames): Promise<void> {
  const path = join(root, 'LICENSE');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const place = lines.findLastIndex((line) => line.startsWith('Copyright (c)'));
  const line = `Copyright (c) the maintainers of ${title}`;
  if (lines.includes(line)) return;
  await writeFile(path, lines.toSpliced(place + 1, 0, line).join('\n'));
}
