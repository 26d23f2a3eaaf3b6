import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.ts';

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, '../..');
const TSC = join(REPOSITORY, 'node_modules/@typescript/native/bin/tsc');

/** The packages that `nest new` installs, with both adapters. */
const NEST = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  'reflect-metadata',
  'rxjs',
  '@types/node',
];

/** Packages that the types of Nest and of Fastify's plugins import without declaring them, and the types of Node. */
const UNDECLARED = { '@standard-schema/spec': '*', fastify: '*', '@types/node': '*' };

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: false,
  },
  include: ['*/src'],
};

/** A Nest application that needs nothing else of this repository than tarballs of libraries. */
export interface Application {
  /** Name of its folder. */
  readonly name: string;
  /** Paths of tarballs, by the names of their packages. */
  readonly tarballs: Readonly<Record<string, string>>;
  /** Packages of the registry, which it has in the versions of this repository. */
  readonly packages: readonly string[];
  /** Text of `src/app.module.ts`. */
  readonly source: string;
}

/**
 * How npm places packages. `linked`: an application, and each package, finds only what it declares. `hoisted`: the default of
 * npm, where packages share one folder.
 */
export type InstallStrategy = 'linked' | 'hoisted';

/**
 * Installs applications with one `npm install`, as workspaces of a folder, and compiles them. Every application is a folder of
 * its own below `directory`.
 * @throws Error with the output of npm, if a peer is missing or does not fit, or of the compiler
 */
export async function installApplications(
  directory: string,
  applications: readonly Application[],
  strategy: InstallStrategy,
): Promise<void> {
  const versions = await repositoryVersions();
  for (const application of applications)
    await write(join(directory, application.name), application, versions);
  const workspaces = applications.map(({ name }) => name);
  await writeJson(join(directory, 'package.json'), { private: true, workspaces, dependencies: UNDECLARED });
  await writeJson(join(directory, 'tsconfig.json'), TSCONFIG);
  await install(directory, strategy);
  await compile(directory);
}

async function write(
  directory: string,
  { name, tarballs, packages, source }: Application,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  const registry = [...NEST, ...packages].map((each) => [each, versions[each]]);
  const local = Object.entries(tarballs).map(([library, path]) => [library, `file:${path}`]);
  const dependencies = Object.fromEntries([...registry, ...local]) as Record<string, string>;
  await mkdir(join(directory, 'src'), { recursive: true });
  await writeJson(join(directory, 'package.json'), {
    name: `application-${name}`,
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies,
  });
  await writeFile(join(directory, 'src/app.module.ts'), source);
  await cp(join(import.meta.dirname, 'main.ts'), join(directory, 'main.ts'));
}

async function install(directory: string, strategy: InstallStrategy): Promise<void> {
  const flags = [`--install-strategy=${strategy}`, '--prefer-offline', '--no-audit', '--no-fund'];
  const printed = await npm(directory, 'install', ...flags);
  if (/ERESOLVE|peer/.test(printed)) throw new Error(`npm warns of peers:\n${printed}`);
}

async function compile(directory: string): Promise<void> {
  try {
    // One checker takes less CPU time than several.
    await run(process.execPath, [TSC, '--checkers', '1'], { cwd: directory });
  } catch (error) {
    throw new Error(`the applications do not compile:\n${(error as { stdout: string }).stdout}`, {
      cause: error,
    });
  }
}

const writeJson = (path: string, value: unknown): Promise<void> => writeFile(path, JSON.stringify(value));

async function repositoryVersions(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(REPOSITORY, 'package.json'), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string>>;
  return { ...dependencies, ...devDependencies };
}
