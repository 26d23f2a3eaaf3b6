import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import typescript from 'typescript';
import { root } from '../../deploy/local/services.ts';

/**
 * Compiles one file with decorators, which Node does not run, into `dist`. It imports the same modules as the built
 * services.
 * @param source path from the root
 * @returns path of the compiled file from the root
 */
export function compile(source: string): string {
  const { outputText } = typescript.transpileModule(readFileSync(join(root, source), 'utf8'), {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2024,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  const compiled = join('dist', source).replace(/\.ts$/, '.js');
  mkdirSync(dirname(join(root, compiled)), { recursive: true });
  writeFileSync(join(root, compiled), outputText);
  return compiled;
}
