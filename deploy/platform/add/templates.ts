import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { Project, type SourceFile } from 'ts-morph';
import { type Names, replaceNames } from './spellings.ts';

const TEMPLATES = 'deploy/platform/templates';

/** Where the files of templates go, by their path below the folder of templates. Both paths contain placeholders. */
export type Targets = Readonly<Record<string, string>>;

/** The targets of files that templates import, and that exist already. */
const EXISTING: Targets = {
  'calling-service.config.ts': 'apps/calling-service/src/calling-service.config.ts',
  'contracts/new-service.ts': 'libs/contracts/src/new-service.ts',
  'contracts/called-service.ts': 'libs/contracts/src/called-service.ts',
};

export interface TemplateContext {
  readonly root: string;
  /** Scope of the libraries. */
  readonly scope: string;
  readonly names: Names;
}

/** Writes templates under the names of `names`. `imported` are targets that the templates import, and that are not written. */
export async function writeTemplates(
  context: TemplateContext,
  targets: Targets,
  imported: Targets = {},
): Promise<void> {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  const known = { ...EXISTING, ...imported, ...targets };
  for (const [template, target] of Object.entries(targets)) {
    const text = await readFile(join(context.root, TEMPLATES, template), 'utf8');
    const file = project.createSourceFile(`/${template}`, text);
    moveImports(file, template, target, known, context.scope);
    const path = join(context.root, replaceNames(target, context.names));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, replaceNames(file.getFullText(), context.names));
  }
}

/** Points the relative imports of a template to the targets of what they import, and joins imports of one module. */
function moveImports(
  file: SourceFile,
  template: string,
  target: string,
  known: Targets,
  scope: string,
): void {
  for (const declaration of file.getImportDeclarations()) {
    const specifier = declaration.getModuleSpecifierValue();
    if (!specifier.startsWith('.')) continue;
    const imported = posix.join(TEMPLATES, posix.dirname(template), specifier);
    const path = known[posix.relative(TEMPLATES, imported)] ?? imported;
    const [top, library] = path.split('/');
    const isForeign = top === 'libs' && !target.startsWith(`libs/${library}/`);
    declaration.setModuleSpecifier(isForeign ? `${scope}/${library}` : toSpecifier(target, path));
  }
  const [first, ...others] = file
    .getImportDeclarations()
    .filter((declaration) => declaration.getModuleSpecifierValue() === `${scope}/contracts`);
  for (const other of others) {
    first?.addNamedImports(
      other.getNamedImports().map((name) => ({ name: name.getName(), isTypeOnly: other.isTypeOnly() })),
    );
    other.remove();
  }
}

function toSpecifier(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
