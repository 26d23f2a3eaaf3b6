import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, UsageError, readPlatform } from '../command.ts';
import { runPlatformIn } from '../node-process.ts';
import { parseWords } from '../options.ts';
import { type PlatformNames, parseNames } from '../rename/names.ts';
import { findLibraries, renamePaths, replaceInFiles } from '../rename/rename-files.ts';
import { createReplacement, toSearchPattern } from '../rename/spellings.ts';
import { requireFreeNames } from '../rename/taken-names.ts';
import { linkPackages } from '../working-copy.ts';

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
    await renameText(root, platform, to);
    await addCopyright(root, to);
    step('Generates what derives from platform.config.ts');
    await linkPackages(repository, root);
    await runPlatformIn(root, 'generate');
    return [
      'npm install        # links the libraries under their new names',
      'npm test',
      `git commit -m "Rename the template to ${to.name}"`,
    ];
  },
};

const isSame = (a: PlatformNames, b: PlatformNames): boolean =>
  a.name === b.name && a.title === b.title && a.scope === b.scope;

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
