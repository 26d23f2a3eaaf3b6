import { toCamelCase, toEnvName, toPascalCase } from '../derived.ts';
import type { PlatformNames } from './names.ts';

/** Returns a function that replaces the names of a platform in a text or a path, each by the spelling that its place needs. */
export function createReplacement(
  from: PlatformNames,
  to: PlatformNames,
  libraries: readonly string[],
): (text: string) => string {
  const scope = createScopeReplacement(from, to, libraries);
  const words = from.name.split('-').join('[-_. ]');
  const spelled = new RegExp(`(?<![A-Za-z0-9])(?:${words}|${escape(from.title)})(?![A-Za-z0-9])`, 'gi');
  const [camel, pascal] = [toCamelCase(from.name), toPascalCase(from.name)];
  // In the middle of an identifier too, such as createAcmeShopClient.
  const identifiers = new RegExp(`(?<![A-Za-z0-9])${camel}(?![a-z])|${pascal}(?![a-z])`, 'g');
  return (text) =>
    scope(text)
      .replaceAll(spelled, (found) => (found === from.title ? to.title : toSpelling(found, to)))
      .replaceAll(identifiers, (found) => (found === camel ? toCamelCase(to.name) : toPascalCase(to.name)));
}

/** Returns a function that replaces the scope only: `@acme/core`, and `acme-core-1.0.0.tgz` as `npm pack` names it. */
export function createScopeReplacement(
  from: PlatformNames,
  to: PlatformNames,
  libraries: readonly string[],
): (text: string) => string {
  const scope = new RegExp(`(?<![\\w.@])${escape(from.scope)}(?![\\w-]|\\.\\w)`, 'g');
  const tarball = new RegExp(
    `(?<![\\w@-])${escape(from.scope.slice(1))}(?=-(?:${libraries.join('|')})-\\d+\\.\\d+\\.\\d+\\.tgz)`,
    'g',
  );
  return (text) => text.replaceAll(scope, to.scope).replaceAll(tarball, to.scope.slice(1));
}

function toSpelling(found: string, { name, title }: PlatformNames): string {
  if (found.includes('_'))
    return found === found.toUpperCase() ? toEnvName(name) : toEnvName(name).toLowerCase();
  return found.includes(' ') ? title : name;
}

/** Returns a pattern for `git grep -E`, which finds every line with one of the names. */
export const toSearchPattern = ({ name, title, scope }: PlatformNames): string =>
  [name.split('-').join('[-_. ]?'), escape(title), escape(scope.slice(1))].join('|');

/** The dot is the only character of a name that means something else in a pattern. */
const escape = (text: string): string => text.replaceAll('.', '\\.');
