import { join } from 'node:path';
import {
  type ArrayLiteralExpression,
  type ImportDeclaration,
  IndentationText,
  Node,
  type ObjectLiteralExpression,
  Project,
  QuoteKind,
  type SourceFile,
  SyntaxKind,
} from 'ts-morph';
import { quote } from '../derived.ts';

/** Edits TypeScript files of a repository. `save` writes what has changed. */
export class Code {
  readonly #root: string;
  readonly #project = new Project({
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { quoteKind: QuoteKind.Single, indentationText: IndentationText.TwoSpaces },
  });

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws Error if the file does not exist */
  open(path: string): SourceFile {
    const file = join(this.#root, path);
    return this.#project.getSourceFile(file) ?? this.#project.addSourceFileAtPath(file);
  }

  save(): Promise<void> {
    return this.#project.save();
  }
}

/** Imports a name: in the existing import of its module, or else in a new one, before those of later relative paths. */
export function addImport(file: SourceFile, module: string, name: string): void {
  const existing = file.getImportDeclaration(
    (declaration) => declaration.getModuleSpecifierValue() === module && !declaration.isTypeOnly(),
  );
  if (!existing) {
    const later = file
      .getImportDeclarations()
      .findIndex((declaration) => isRelative(declaration) && declaration.getModuleSpecifierValue() > module);
    file.insertImportDeclaration(later < 0 ? file.getImportDeclarations().length : later, {
      moduleSpecifier: module,
      namedImports: [name],
    });
    return;
  }
  if (!existing.getNamedImports().some((named) => named.getName() === name)) existing.addNamedImport(name);
}

const isRelative = (declaration: ImportDeclaration): boolean =>
  declaration.getModuleSpecifierValue().startsWith('.');

/** Adds an element to the end of an array, unless it is there. */
export function addElement(array: ArrayLiteralExpression, element: string): void {
  if (!array.getElements().some((each) => each.getText() === element)) array.addElement(element);
}

/** Adds elements to arrays of the `@Module` of a file, such as `providers`, and creates the missing arrays. */
export function addToModule(file: SourceFile, arrays: Readonly<Record<string, string>>): void {
  const [argument] = file.getClasses().flatMap((each) => each.getDecorator('Module')?.getArguments() ?? []);
  const metadata = argument?.asKind(SyntaxKind.ObjectLiteralExpression);
  if (!metadata) throw new Error(`${file.getBaseName()} has no class with @Module({…})`);
  for (const [name, element] of Object.entries(arrays)) addElement(findArray(metadata, name), element);
}

/** Returns the array of a property, and adds an empty one if the object lacks the property. */
function findArray(object: ObjectLiteralExpression, name: string): ArrayLiteralExpression {
  const property = object.getProperty(name) ?? object.addPropertyAssignment({ name, initializer: '[]' });
  return property
    .asKindOrThrow(SyntaxKind.PropertyAssignment)
    .getInitializerIfKindOrThrow(SyntaxKind.ArrayLiteralExpression);
}

/** Returns the object of a property, and adds an empty one if the object lacks the property. */
export function findObject(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression {
  const property =
    findProperty(object, name) ?? object.addPropertyAssignment({ name: quote(name), initializer: '{}' });
  return property
    .asKindOrThrow(SyntaxKind.PropertyAssignment)
    .getInitializerIfKindOrThrow(SyntaxKind.ObjectLiteralExpression);
}

/** Finds a property by its name, with or without quotes. */
const findProperty = (object: ObjectLiteralExpression, name: string) =>
  object
    .getProperties()
    .find(
      (property) =>
        Node.isPropertyAssignment(property) && [name, `'${name}'`].includes(property.getNameNode().getText()),
    );

/** Returns the object that is the value of a variable. */
export const readVariable = (file: SourceFile, name: string): ObjectLiteralExpression =>
  file.getVariableDeclarationOrThrow(name).getInitializerIfKindOrThrow(SyntaxKind.ObjectLiteralExpression);
