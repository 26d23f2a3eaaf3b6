import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { UsageError } from '../command.ts';
import { type Platform, serviceName } from '../define-platform.ts';
import { toCamelCase } from '../derived.ts';
import { toIdentifiers } from './spellings.ts';

/** Properties of the product page, and names in its `degraded` list, that are no part of it. */
const PAGE_NAMES: ReadonlySet<string> = new Set([
  'availability',
  'degraded',
  'featured',
  'flags',
  'product',
  'products',
]);

/**
 * Checks that a name can become a service or a feature with a contract.
 * @throws UsageError if it is malformed, reserved or taken
 */
export function requireFreeName(
  root: string,
  platform: Platform,
  contracts: ReadonlySet<string>,
  name: string | undefined,
): asserts name is string {
  if (name === undefined || name.trim() === '')
    throw new UsageError('The name is missing. Give one such as reviews.');
  const result = serviceName.safeParse(name);
  if (!result.success) throw new UsageError(`The name "${name}" ${result.error.issues[0]?.message}.`);
  if (name in platform.services) throw new UsageError(`The service ${name} exists already.`);
  const path = [`apps/${name}`, `libs/contracts/src/${name}.ts`].find((each) => existsSync(join(root, each)));
  if (path) throw new UsageError(`The name ${name} is taken: ${path} exists already.`);
  if (PAGE_NAMES.has(toCamelCase(name)))
    throw new UsageError(`The name ${name} is taken: the product page has a property of this name.`);
  const exported = [name, `${name}-query`, `${name}-entry`]
    .flatMap((each) => toIdentifiers(each))
    .find((each) => contracts.has(each));
  if (exported) throw new UsageError(`The name ${name} is taken: the contracts export ${exported}.`);
  const unusable = toIdentifiers(name).find(
    (each) => !isIdentifier(each) || findTemplateNames(root).has(each),
  );
  if (unusable)
    throw new UsageError(`The name ${name} is reserved: the code of a service uses ${unusable} otherwise.`);
}

/** Returns `false` for words with a meaning in TypeScript, such as `class` or `type`. */
function isIdentifier(text: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  return scanner.scan() === ts.SyntaxKind.Identifier;
}

/** Returns the identifiers in the templates. A service of such a name would shadow them. */
function findTemplateNames(root: string): ReadonlySet<string> {
  const cwd = join(root, 'deploy', 'platform', 'templates');
  const names = globSync('**/*.ts', { cwd }).flatMap((path) => {
    const text = readFileSync(join(cwd, path), 'utf8');
    const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
    const found: string[] = [];
    for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan())
      if (kind === ts.SyntaxKind.Identifier) found.push(scanner.getTokenText());
    return found;
  });
  return new Set(names);
}
