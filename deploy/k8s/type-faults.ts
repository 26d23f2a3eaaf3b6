import ts from 'typescript';
import { directory, type KubernetesDocument, nameOf } from './documents.ts';

/**
 * What the compiler says of the documents as literals of their kinds' types. The published schemas let any unknown
 * field pass, and the API server drops it without a word: a probe misspelt is no probe.
 */
export function typeFaults(documents: readonly KubernetesDocument[]): string[] {
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
    return `${document.kind} ${nameOf(document)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
