import { toCamelCase, toEnvName, toPascalCase, toTitle } from '../derived.ts';

/** The names that templates use for services. Each has two words, so that all of its spellings differ. */
export type Placeholder = 'new-service' | 'called-service' | 'calling-service';
export type Names = { readonly [Name in Placeholder]?: string };

/** Every spelling of a name: as path, as identifier, as type, as variable, in a sentence, and at the start of one. */
const spell = (name: string): string[] => [
  name,
  toCamelCase(name),
  toPascalCase(name),
  toEnvName(name),
  name.replaceAll('-', ' '),
  toTitle(name),
];

/** Replaces every spelling of the placeholders in the text of a template. */
export function replaceNames(text: string, names: Names): string {
  let result = text;
  for (const [placeholder, name] of Object.entries(names))
    for (const [index, spelling] of spell(placeholder).entries())
      result = result.replaceAll(spelling, spell(name)[index] ?? name);
  return result;
}

/** The identifiers that a name gives in code. */
export const toIdentifiers = (name: string): string[] => [toCamelCase(name), toPascalCase(name)];
