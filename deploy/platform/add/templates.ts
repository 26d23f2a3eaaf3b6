import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { Project, type SourceFile } from 'ts-morph';
import { type Names, replaceNames } from './spellings.ts';

const TEMPLATES = 'deploy/platform/templates';
/** The lines of a template that need a called service. */
const CALL_REGION = /^ *\/\/ #region call\n([^]*?)^ *\/\/ #endregion call\n/gm;

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
  /** Keeps the lines between `// #region call` and `// #endregion call`. @default false */
  readonly hasCall?: boolean;
}

/** Writes templates under the names of `names`. `imported` are targets that the templates import, and that are not written. */
export async function writeTemplates(
  { root, scope, names, hasCall = false }: TemplateContext,
  targets: Targets,
  imported: Targets = {},
): Promise<void> {
  const project = new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true });
  const places = new Map(
    Object.entries({ ...EXISTING, ...imported, ...targets }).map(([template, target]) => [
      posix.join(TEMPLATES, template),
      replaceNames(target, names),
    ]),
  );
  for (const template of Object.keys(targets).map((path) => posix.join(TEMPLATES, path))) {
    const text = await readFile(join(root, template), 'utf8');
    const place = places.get(template) ?? template;
    const path = join(root, place);
    await mkdir(dirname(path), { recursive: true });
    if (!template.endsWith('.ts')) {
      await writeFile(path, replaceNames(text, names));
      continue;
    }
    const file = project.createSourceFile(template, text.replaceAll(CALL_REGION, hasCall ? '$1' : ''));
    moveImports(file, { template, place, places, scope });
    await writeFile(path, replaceNames(file.getFullText(), names));
  }
}

interface Move {
  readonly template: string;
  readonly place: string;
  /** The new paths of all templates. */
  readonly places: ReadonlyMap<string, string>;
  readonly scope: string;
}

/** Points the relative imports of a template to the new places of what they import. */
function moveImports(file: SourceFile, { template, place, places, scope }: Move): void {
  for (const declaration of file.getImportDeclarations()) {
    const specifier = declaration.getModuleSpecifierValue();
    if (!specifier.startsWith('.')) continue;
    const imported = posix.join(posix.dirname(template), specifier);
    const path = places.get(imported) ?? imported;
    const [top, library] = path.split('/');
    const isForeign = top === 'libs' && !place.startsWith(`libs/${library}/`);
    declaration.setModuleSpecifier(isForeign ? `${scope}/${library}` : toSpecifier(place, path));
  }
}

function toSpecifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
