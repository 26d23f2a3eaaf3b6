import type { Call } from '../define-platform.ts';
import { toCamelCase, toPascalCase } from '../derived.ts';
import { type Code, addImport, addToModule, readVariable } from './code.ts';
import { writeTemplates } from './templates.ts';

/** Shows the entries of a service on the product page of the gateway. The client of the service exists already. */
export async function addPagePart(
  { root, scope, code }: { root: string; scope: string; code: Code },
  { gateway, name, kind }: { gateway: string; name: string; kind: Call },
): Promise<void> {
  const folder = 'apps/calling-service/src/called-service';
  await writeTemplates(
    { root, scope, names: { 'calling-service': gateway, 'called-service': name } },
    { [`part/${kind}/called-service.part.ts`]: `${folder}/called-service.part.ts` },
    { 'upstream/list/called-service.client.ts': `${folder}/called-service.client.ts` },
  );
  const [part, module] = [`${toPascalCase(name)}Part`, `${toPascalCase(name)}Module`];
  const own = code.open(`apps/${gateway}/src/${name}/${name}.module.ts`);
  addImport(own, `./${name}.part.ts`, part);
  addToModule(own, { providers: part, exports: part });
  addToPage(code, name, kind);
  const parts = code.open(`apps/${gateway}/src/products/page-parts.module.ts`);
  addImport(parts, `../${name}/${name}.part.ts`, part);
  addImport(parts, `../${name}/${name}.module.ts`, module);
  addToModule(parts, { imports: module });
  readVariable(parts, 'parts').addPropertyAssignment({ name: toCamelCase(name), initializer: part });
}

/** Adds the part to the contract of the page. */
function addToPage(code: Code, name: string, kind: Call): void {
  const file = code.open('libs/contracts/src/page-parts.ts');
  const [entries, type] = [toCamelCase(name), toPascalCase(name)];
  if (kind === 'degradable') addImport(file, './degradable-list.ts', 'degradableList');
  addImport(file, `./${name}.ts`, kind === 'degradable' ? `${entries}Entry` : entries);
  readVariable(file, 'pageParts').addPropertyAssignment({
    name: entries,
    initializer:
      kind === 'degradable'
        ? `degradableList(${entries}Entry, ['fresh', 'none']).meta({ id: '${type}OnPage' })`
        : entries,
  });
}
