import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { toTable } from '../../deploy/platform/markdown.ts';

/** Returns a Markdown table of the members of an interface: name, `@default` and docstring. */
export function toInterfaceTable(path: string, name: string): string {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const declaration = file.statements
    .filter(ts.isInterfaceDeclaration)
    .find((each) => each.name.text === name);
  if (!declaration) throw new Error(`${path} has no interface ${name}`);
  const rows = declaration.members.filter(ts.isPropertySignature).map((member) => {
    const [doc] = ts.getJSDocCommentsAndTags(member);
    const fallback = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
    const isOptional =
      member.questionToken !== undefined || member.type?.getText().endsWith('| undefined') === true;
    const absent = readComment(fallback) || (isOptional ? 'none' : 'required');
    return [`\`${member.name.getText()}\``, absent, readComment(doc)];
  });
  return toTable(['option', 'default', 'meaning'], rows);
}

const readComment = (doc: ts.JSDoc | ts.JSDocTag | undefined): string =>
  (ts.getTextOfJSDocComment(doc?.comment) ?? '').replaceAll('\n', ' ');
