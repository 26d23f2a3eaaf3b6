import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findReasonToBuild } from '../../local/find-reason-to-build.ts';
import { HISTORY_FILE, type History } from '../history.ts';
import { findLibraries } from '../rename/rename-files.ts';
import { git, readJson } from '../working-copy.ts';
import { type Check, listSome } from './check.ts';

interface PackageJson {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export const nodeVersion: Check = {
  subject: 'version of Node',
  find: async (root) => {
    const { devDependencies } = await readJson<PackageJson>(join(root, 'package.json'));
    const wanted = devDependencies?.['node'] ?? '';
    if (wanted.split('.')[0] === process.versions.node.split('.')[0]) return [];
    const problem = `This is Node ${process.versions.node}, but package.json has ${wanted}`;
    return [{ problem, fix: 'npm ci' }];
  },
};

export const packages: Check = {
  subject: 'installed packages',
  find: async (root, platform) => {
    const { dependencies, devDependencies } = await readJson<PackageJson>(join(root, 'package.json'));
    const wanted = Object.entries({ ...dependencies, ...devDependencies });
    const installed = await Promise.all(
      wanted.map(async ([name, version]) => ({ name, version, found: await readVersion(root, name) })),
    );
    const missing = installed
      // An alias ends with its version: `npm:typescript@7.0.2`.
      .filter(({ version, found }) => found !== version.slice(version.lastIndexOf('@') + 1))
      .map(({ name, version }) => `${name} ${version}`);
    const libraries = (await findLibraries(root))
      .map((library) => `${platform.scope}/${library}`)
      .filter((name) => !existsSync(join(root, 'node_modules', name)));
    const problem = `${listSome([...missing, ...libraries])}: not installed in this version`;
    return missing.length + libraries.length > 0 ? [{ problem, fix: 'npm ci' }] : [];
  },
};

async function readVersion(root: string, name: string): Promise<string | undefined> {
  const path = join(root, 'node_modules', name, 'package.json');
  return existsSync(path) ? (await readJson<PackageJson>(path)).version : undefined;
}

export const build: Check = {
  subject: 'build',
  find: async (root) => {
    const reason = findReasonToBuild(root);
    return reason === undefined ? [] : [{ problem: reason, fix: 'npm run build' }];
  },
};

export const templateUpdate: Check = {
  subject: 'update of the template',
  find: async (root) => {
    const conflicts = await git(root, 'grep', '--untracked', '-lIE', '^<{7} (yours|template)').catch(
      () => '',
    );
    const paths = conflicts.split('\n').filter(Boolean);
    if (paths.length > 0)
      return [
        {
          problem: `${listSome(paths)}: conflicts with the template`,
          fix: 'Choose between the marks <<<<<<< and >>>>>>>, remove them, then: npm run platform -- generate',
        },
      ];
    if (!existsSync(join(root, HISTORY_FILE))) return [];
    const { template } = await readJson<History>(join(root, HISTORY_FILE));
    const committed = await git(root, 'show', `HEAD:${HISTORY_FILE}`).catch(() => undefined);
    if (committed === undefined || (JSON.parse(committed) as History).template.tree === template.tree)
      return [];
    return [
      {
        problem: `The update to ${template.commit.slice(0, 10)} is not committed`,
        fix: 'npm test && git commit -am "Update the template"',
      },
    ];
  },
};
