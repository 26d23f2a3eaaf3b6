import { type ObjectLiteralExpression, SyntaxKind } from 'ts-morph';
import { publicService, quote, toEnvName, toPascalCase } from '../derived.ts';
import { type Code, addImport, addToModule, readVariable } from './code.ts';
import type { ClientKind } from './contracts.ts';
import type { Target } from './target.ts';
import { writeTemplates } from './templates.ts';

export interface NewCall {
  readonly caller: string;
  readonly called: string;
  readonly client: ClientKind;
}

const folder = 'apps/calling-service/src/called-service';

/** Writes the client of a service in the code of its caller: a folder with a module and a client, and its settings. */
export async function addCall(
  { root, scope, platform, code }: Target,
  { caller, called, client }: NewCall,
  port: number,
): Promise<void> {
  const expression = `serviceUpstreamEnv('${called}', { url: 'http://localhost:${port}' })`;
  addSettings(code, caller, 'serviceUpstreamEnv', (settings, place) => {
    settings.insertSpreadAssignment(place, { expression });
  });
  await writeTemplates(
    { root, scope, names: { 'calling-service': caller, 'called-service': called } },
    {
      'upstream/called-service.module.ts': `${folder}/called-service.module.ts`,
      [`upstream/${client}/called-service.client.ts`]: `${folder}/called-service.client.ts`,
    },
    { 'upstream/list/called-service.client.ts': `${folder}/called-service.client.ts` },
  );
  if (caller === publicService(platform).name) addTestResponses(code, { caller, called, client });
}

/** Adds the called service to those that the tests of the gateway start. The client of a list finds an empty list. */
function addTestResponses(code: Code, { caller, called, client }: NewCall): void {
  const file = code.open(`apps/${caller}/test/called-services.ts`);
  readVariable(file, 'successful').addPropertyAssignment({
    name: quote(called),
    initializer: client === 'list' ? `{ '/${called}': { items: [] } }` : '{}',
  });
}

/** Writes the client of a server outside the platform in the code of its caller. */
export async function addExternalCall(
  { root, scope, code }: { root: string; scope: string; code: Code },
  { caller, called, url }: { caller: string; called: string; url: string },
): Promise<void> {
  addSettings(code, caller, 'upstreamEnv', (settings, place) => {
    settings.insertSpreadAssignment(place, { expression: `upstreamEnv('${called}')` });
  });
  addSettings(code, caller, 'httpUrl', (settings, place) => {
    settings.insertPropertyAssignment(place, {
      name: `${toEnvName(called)}_URL`,
      initializer: `httpUrl.default('${url}').describe('Address of ${called}.')`,
    });
  });
  await writeTemplates(
    { root, scope, names: { 'calling-service': caller, 'called-service': called } },
    {
      'upstream/external/called-service.module.ts': `${folder}/called-service.module.ts`,
      'upstream/external/called-service.client.ts': `${folder}/called-service.client.ts`,
    },
  );
}

/** Imports the module of a feature, or of a called service, in the module of the application. */
export function importInApp(code: Code, service: string, name: string): void {
  const file = code.open(`apps/${service}/src/app.module.ts`);
  addImport(file, `./${name}/${name}.module.ts`, `${toPascalCase(name)}Module`);
  addToModule(file, { imports: `${toPascalCase(name)}Module` });
}

/** Inserts settings of a called server after those of called services. `helper` is the import that the settings use. */
function addSettings(
  code: Code,
  caller: string,
  helper: string,
  insert: (settings: ObjectLiteralExpression, place: number) => void,
): void {
  const file = code.open(`apps/${caller}/src/${caller}.config.ts`);
  addImport(file, findSettingsModule(code, caller), helper);
  const settings = findSettings(code, caller);
  const last = settings
    .getProperties()
    .findLastIndex((property) => property.getText().startsWith('...serviceUpstreamEnv('));
  insert(settings, last + 1);
}

/** Returns the module that `serviceConfig` comes from. @throws Error if the file does not import it */
function findSettingsModule(code: Code, caller: string): string {
  const file = code.open(`apps/${caller}/src/${caller}.config.ts`);
  return file
    .getImportDeclarationOrThrow((declaration) =>
      declaration.getNamedImports().some((named) => named.getName() === 'serviceConfig'),
    )
    .getModuleSpecifierValue();
}

/** Returns the object in `serviceConfig(…).extend({…})`, and adds the call of `extend` if there is none. */
export function findSettings(code: Code, caller: string): ObjectLiteralExpression {
  const file = code.open(`apps/${caller}/src/${caller}.config.ts`);
  const call = file
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((each) => each.getExpression().getText() === 'serviceConfig');
  if (!call) throw new Error(`${file.getBaseName()} does not call serviceConfig`);
  const extended = call
    .getParentIfKind(SyntaxKind.PropertyAccessExpression)
    ?.getParentIfKind(SyntaxKind.CallExpression);
  const [settings] = extended?.getArguments() ?? [];
  if (settings) return settings.asKindOrThrow(SyntaxKind.ObjectLiteralExpression);
  call.replaceWithText(`${call.getText()}.extend({})`);
  return findSettings(code, caller);
}
