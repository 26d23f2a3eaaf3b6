import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.ts';

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, '../..');
const TSC = join(REPOSITORY, 'node_modules/typescript/bin/tsc');

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
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

/** Installs an empty Nest application with the versions of this repository. */
export async function installEmptyApplication(directory: string): Promise<void> {
  await mkdir(join(directory, 'src'), { recursive: true });
  const manifest = { name: 'empty-application', private: true, type: 'module' };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await cp(join(import.meta.dirname, 'main.ts'), join(directory, 'main.ts'));
  await install(directory, NEST);
}

/** Copies an application and installs tarballs and packages of the registry in the copy. */
export async function extend(
  application: string,
  directory: string,
  packages: readonly string[],
): Promise<void> {
  await cp(application, directory, { recursive: true, verbatimSymlinks: true });
  await install(directory, packages);
}

/** Type-checks and compiles the application with `source` as its module. */
export async function compile(directory: string, source: string): Promise<void> {
  await writeFile(join(directory, 'src/app.module.ts'), source);
  try {
    await run(process.execPath, [TSC], { cwd: directory });
  } catch (error) {
    throw new Error(`the application does not compile:\n${(error as { stdout: string }).stdout}`, {
      cause: error,
    });
  }
}

async function install(directory: string, packages: readonly string[]): Promise<void> {
  const versions = await repositoryVersions();
  const specs = packages.map((name) => (name.endsWith('.tgz') ? name : `${name}@${versions[name]}`));
  const flags = ['--save-exact', '--prefer-offline', '--no-audit', '--no-fund'];
  const printed = await npm(directory, 'install', ...flags, ...specs);
  if (/ERESOLVE|peer/.test(printed)) throw new Error(`npm warns of peers:\n${printed}`);
}

async function repositoryVersions(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(REPOSITORY, 'package.json'), 'utf8');
  const { dependencies, devDependencies } = JSON.parse(text) as Record<string, Record<string, string>>;
  return { ...dependencies, ...devDependencies };
}
