import { relative } from 'node:path';
import { type Node, Project, type SourceFile } from 'ts-morph';
import {
  type Binding,
  type Removed,
  findUses,
  isRemovedModule,
  lacksExport,
  listBindings,
  removeBinding,
} from './bindings.ts';
import { turnElementsIntoMarks, turnMarksIntoElements } from './array-marks.ts';
import { findListEntry, removeExport, removeListEntry } from './list-entries.ts';
import { type ServiceNames, findServiceEntries } from './service-lists.ts';

/** A place in code that needs what a removal deletes. */
export interface Use {
  /** From the root of the repository. */
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
}

/**
 * Opens the TypeScript and JavaScript of a repository. It resolves no types of packages: only names of the repository's own
 * files are looked up, which takes a second.
 */
export function openSources(root: string): Project {
  const project = new Project({
    tsConfigFilePath: `${root}/tsconfig.json`,
    skipFileDependencyResolution: true,
    compilerOptions: { allowJs: true, noResolve: true, noLib: true, types: [] },
  });
  // The TypeScript of the configuration does not include JavaScript.
  project.addSourceFilesAtPaths([`${root}/{apps,libs,deploy,test}/**/*.js`, '!**/{node_modules,dist}/**']);
  return project;
}

/**
 * Removes imports and re-exports of what is deleted, together with the list entries that only exist for them, until none is left.
 * Then removes the imports that this, or the change of a file in `touched`, left unused. `touched` has absolute paths.
 * `service` removes the entries for a service from lists of services as well. Returns the uses that are no list entries; their
 * imports stay.
 */
export async function mendSources(
  root: string,
  project: Project,
  removed: Removed,
  touched: ReadonlySet<string>,
  service?: ServiceNames,
): Promise<Use[]> {
  const separated = new Set(project.getSourceFiles().filter((file) => hasSeparateImports(file)));
  const changed = new Set<SourceFile>(
    project.getSourceFiles().filter((file) => touched.has(file.getFilePath())),
  );
  if (service)
    for (const file of project.getSourceFiles()) {
      const entries = findServiceEntries(file, service);
      if (entries.length > 0) changed.add(file);
      for (const entry of entries) removeListEntry(entry);
    }
  const marked = new Set<SourceFile>();
  for (;;) {
    const files = project.getSourceFiles().filter((file) => findRemovals(file, removed).length > 0);
    if (files.length === 0) break;
    for (const file of files) {
      changed.add(file);
      if (!marked.has(file)) turnMarksIntoElements(file);
      marked.add(file);
    }
    for (const remove of files.flatMap((file) => findRemovals(file, removed))) remove();
  }
  for (const binding of [...changed].flatMap((file) => findUnused(file))) removeBinding(binding);
  for (const file of changed) if (separated.has(file)) separateImports(file);
  for (const file of marked) turnElementsIntoMarks(file);
  await project.save();
  return project.getSourceFiles().flatMap((file) =>
    listMissing(file, removed)
      .flatMap((binding) => findUses(file, binding))
      .map((use) => ({ path: relative(root, file.getFilePath()), line: use.getStartLineNumber() })),
  );
}

const hasSeparateImports = (file: SourceFile): boolean =>
  /^\s*?\n\s*?\n/.test(file.getImportDeclarations().at(-1)?.getNextSibling()?.getFullText() ?? '');

/** Writes the blank line after the imports again, which the removal of the last one takes along. */
function separateImports(file: SourceFile): void {
  const last = file.getImportDeclarations().at(-1);
  if (last && !hasSeparateImports(file)) file.insertText(last.getEnd(), '\n');
}

type Removal = () => void;

const findRemovals = (file: SourceFile, removed: Removed): Removal[] =>
  findExports(file, removed).concat(findImports(file, removed));

function findExports(file: SourceFile, removed: Removed): Removal[] {
  return file.getExportDeclarations().flatMap((declaration): Removal[] => {
    const specifier = declaration.getModuleSpecifierValue();
    if (specifier === undefined) return [];
    if (isRemovedModule(file, specifier, removed)) return [() => declaration.remove()];
    const module = declaration.getModuleSpecifierSourceFile();
    return declaration
      .getNamedExports()
      .filter((name) => lacksExport(module, name.getName()))
      .map((name) => () => removeExport(name));
  });
}

function findImports(file: SourceFile, removed: Removed): Removal[] {
  const bare = file
    .getImportDeclarations()
    .filter((declaration) => listBindings(declaration).length === 0)
    .filter((declaration) => isRemovedModule(file, declaration.getModuleSpecifierValue(), removed))
    .map((declaration) => () => declaration.remove());
  const named = listMissing(file, removed).flatMap((binding): Removal[] => {
    const entries = findUses(file, binding).map((use) => findListEntry(use));
    const found = entries.filter((entry): entry is Node => entry !== undefined);
    if (found.length < entries.length) return [];
    return [...new Set(found)]
      .map(
        (entry): Removal =>
          () =>
            removeListEntry(entry),
      )
      .concat(() => removeBinding(binding));
  });
  return [...bare, ...named];
}

/** Returns the imported names of a file that are deleted. */
const listMissing = (file: SourceFile, removed: Removed): Binding[] =>
  file.getImportDeclarations().flatMap((declaration) => {
    const bindings = listBindings(declaration);
    if (isRemovedModule(file, declaration.getModuleSpecifierValue(), removed)) return bindings;
    const module = declaration.getModuleSpecifierSourceFile();
    return bindings.filter(({ exported }) => exported !== undefined && lacksExport(module, exported));
  });

const findUnused = (file: SourceFile): Binding[] =>
  file
    .getImportDeclarations()
    .flatMap((declaration) => listBindings(declaration))
    .filter((binding) => findUses(file, binding).length === 0);
