import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/*
 * Lets Node load sources with decorators, which it does not know. It removes only types. Preload it:
 * `node --conditions=source --import ./test/support/decorators.ts FILE`.
 */
const DECORATOR = /^ *@[A-Z]\w*\(/m;
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

registerHooks({
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const text = readFileSync(fileURLToPath(url), 'utf8');
    if (!DECORATOR.test(text)) return next(url, context);
    const source = ts.transpileModule(text, { fileName: url, compilerOptions }).outputText;
    return { format: 'module', source, shortCircuit: true };
  },
});
