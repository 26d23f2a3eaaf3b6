import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PARTS } from '../define-platform.ts';
import { toServices } from '../derived.ts';
import { findDifferences } from '../generated.ts';
import { runbookPath } from '../scaffold/runbook.ts';
import { parseMarker } from '../section.ts';
import { git, readJson } from '../working-copy.ts';
import { type Check, listSome } from './check.ts';

const GENERATE = 'npm run platform -- generate';

export const generatedFiles: Check = {
  subject: 'generated files',
  find: async (root, platform) => {
    try {
      const paths = (await findDifferences(platform, root)).map(({ path }) => path);
      const problem = `${listSome(paths)}: not what platform.config.ts gives`;
      return paths.length === 0 ? [] : [{ problem, fix: GENERATE }];
    } catch (error) {
      const problem = `The generated files cannot be written: ${(error as Error).message}`;
      return [{ problem, fix: 'Restore the file that the message names (git log -- FILE).' }];
    }
  },
};

export const serviceFiles: Check = {
  subject: 'files of the services',
  find: async (root, platform) =>
    toServices(platform).flatMap(({ name }) => {
      if (!existsSync(join(root, 'apps', name)))
        return [
          {
            problem: `apps/${name} is missing, but platform.config.ts has the service ${name}`,
            fix: `Delete ${name} from platform.config.ts, then: npm run platform -- add service ${name}`,
          },
        ];
      return SERVICE_FILES.filter(({ path }) => !existsSync(join(root, path(name)))).map(({ path, fix }) => ({
        problem: `${path(name)} is missing`,
        fix: fix(path(name)),
      }));
    }),
};

const toWriting = (path: string): string => `Write ${path} as the other services have it.`;

const SERVICE_FILES = [
  { path: (name: string) => `apps/${name}/src/main.ts`, fix: toWriting },
  { path: (name: string) => `apps/${name}/tsconfig.json`, fix: toWriting },
  { path: runbookPath, fix: () => GENERATE },
];

export const strangeFolders: Check = {
  subject: 'folders in apps/',
  find: async (root, platform) => {
    const entries = await readdir(join(root, 'apps'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !(entry.name in platform.services))
      .map(({ name }) => ({
        problem: `apps/${name} is no service of platform.config.ts`,
        fix: `Delete the folder (git rm -r apps/${name}), or add ${name} to platform.config.ts and run: npm run platform -- generate`,
      }));
  },
};

export const removedParts: Check = {
  subject: 'parts',
  find: async (root, platform) => {
    const kept = new Set<string>([...platform.parts, ...Object.keys(platform.services)]);
    const found = await git(root, 'grep', '--untracked', '-nI', '#region part: ').catch(() => '');
    const left = new Map<string, string[]>();
    for (const line of found.split('\n')) {
      const [path = '', number = '', ...text] = line.split(':');
      const marker = parseMarker(text.join(':'));
      if (marker?.kind !== 'part' || kept.has(marker.name)) continue;
      left.set(marker.name, [...(left.get(marker.name) ?? []), `${path}:${number}`]);
    }
    return [...left].map(([name, places]) => ({
      problem: `${listSome(places)}: lines of ${name}, which platform.config.ts does not have`,
      fix: PARTS.some((part) => part === name)
        ? `Delete these regions, or add ${name} to parts in platform.config.ts.`
        : 'Delete these regions.',
    }));
  },
};

export const names: Check = {
  subject: 'names',
  find: async (root, platform) => {
    const { name } = await readJson<{ name: string }>(join(root, 'package.json'));
    const core = await readJson<{ name: string }>(join(root, 'libs', 'core', 'package.json'));
    const pairs = [
      { key: 'name', expected: platform.name, actual: name },
      { key: 'scope', expected: platform.scope, actual: core.name.split('/')[0] },
    ];
    return pairs
      .filter(({ expected, actual }) => expected !== actual)
      .map(({ key, expected, actual }) => ({
        problem: `The ${key} in platform.config.ts is ${expected}, but the packages have ${actual}`,
        fix: `Set it to ${actual}, commit, then: npm run platform -- rename ${platform.name} --scope ${platform.scope}`,
      }));
  },
};
