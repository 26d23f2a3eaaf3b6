import { dirname, resolve } from 'node:path';
import { type Identifier, type ImportDeclaration, Node, type SourceFile, SyntaxKind } from 'ts-morph';

/** The files and packages that a removal deletes. */
export interface Removed {
  /** Checks if the file or folder at an absolute path is deleted. */
  readonly hasPath: (path: string) => boolean;
  /** Names of deleted packages. */
  readonly packages: readonly string[];
}

/** A name that an import statement gives a file. */
export interface Binding {
  readonly name: Identifier;
  readonly declaration: ImportDeclaration;
  /** The name in the module, or `undefined` for a default import or a namespace. */
  readonly exported: string | undefined;
  readonly remove: () => void;
}

export function listBindings(declaration: ImportDeclaration): Binding[] {
  const named = declaration.getNamedImports().map((specifier) => ({
    name: specifier.getAliasNode() ?? specifier.getNameNode().asKindOrThrow(SyntaxKind.Identifier),
    declaration,
    exported: specifier.getName(),
    remove: () => specifier.remove(),
  }));
  const whole = declaration.getDefaultImport();
  const namespace = declaration.getNamespaceImport();
  return [
    ...named,
    ...(whole
      ? [
          {
            name: whole,
            declaration,
            exported: undefined,
            remove: () => void declaration.removeDefaultImport(),
          },
        ]
      : []),
    ...(namespace
      ? [
          {
            name: namespace,
            declaration,
            exported: undefined,
            remove: () => void declaration.removeNamespaceImport(),
          },
        ]
      : []),
  ];
}

/** Removes a name from its import statement, and the statement with its last name. */
export function removeBinding({ declaration, remove }: Binding): void {
  if (declaration.wasForgotten()) return;
  if (listBindings(declaration).length > 1) remove();
  else declaration.remove();
}

/** Returns the places of a file that use an imported name. */
export const findUses = (file: SourceFile, { name, declaration }: Binding): Identifier[] =>
  file
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter(
      (each) =>
        each.getText() === name.getText() &&
        each.getFirstAncestorByKind(SyntaxKind.ImportDeclaration) !== declaration &&
        refersTo(each, name),
    );

function refersTo(use: Identifier, name: Identifier): boolean {
  const parent = use.getParent();
  if (Node.isShorthandPropertyAssignment(parent)) return parent.getValueSymbol() === name.getSymbol();
  if (Node.isExportSpecifier(parent)) return !parent.getExportDeclaration().hasModuleSpecifier();
  return use.getSymbol() === name.getSymbol();
}

/** Checks if a module that a file imports is deleted. */
export function isRemovedModule(file: SourceFile, specifier: string, removed: Removed): boolean {
  if (specifier.startsWith('.')) return removed.hasPath(resolve(dirname(file.getFilePath()), specifier));
  return removed.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** Checks if a module of the repository has no export of a name, so far as its own files show it. */
export function lacksExport(module: SourceFile | undefined, name: string): boolean {
  if (!module) return false;
  const hasUnknownExports = (each: SourceFile): boolean =>
    each.getExportDeclarations().some((declaration) => {
      if (declaration.hasNamedExports()) return false;
      const target = declaration.getModuleSpecifierSourceFile();
      return !target || hasUnknownExports(target);
    });
  if (hasUnknownExports(module)) return false;
  const symbol = module.getSymbol();
  return !symbol?.getExports().some((each) => each.getName() === name) && !isStarExport(module, name);
}

const isStarExport = (module: SourceFile, name: string): boolean =>
  module
    .getExportDeclarations()
    .filter((declaration) => !declaration.hasNamedExports())
    .some((declaration) => !lacksExport(declaration.getModuleSpecifierSourceFile(), name));
