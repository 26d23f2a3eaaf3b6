import ts from 'typescript';
import { directory, type KubernetesDocument, toName } from './documents.ts';

/**
 * Compiles the documents as literals of the types of their kinds, and returns the errors. The published schemas accept unknown
 * fields, and the API server drops these without a message: a misspelled probe does nothing.
 */
export function findTypeErrors(documents: readonly KubernetesDocument[]): string[] {
  const source = documents
    .map((document, index) => {
      const { apiVersion, kind } = document;
      const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
      return `export const document${index}: ${type} = ${JSON.stringify(document)};`;
    })
    .join('\n');
  const path = `${directory}documents-as-code.ts`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    types: [],
  };
  const files = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...files,
    fileExists: (name) => name === path || files.fileExists(name),
    getSourceFile: (name, ...rest) =>
      name === path
        ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2024)
        : files.getSourceFile(name, ...rest),
  };
  const program = ts.createProgram([path], options, host);
  const file = program.getSourceFile(path);
  return ts.getPreEmitDiagnostics(program).map(({ start = 0, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    const document = documents[line]!;
    return `${document.kind} ${toName(document)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
