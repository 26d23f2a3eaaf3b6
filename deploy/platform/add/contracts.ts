import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Node } from 'ts-morph';
import { toCamelCase } from '../derived.ts';
import type { Code } from './code.ts';

const FOLDER = 'libs/contracts/src';

/** Returns the names that the contracts export. */
export async function findContractNames(root: string, code: Code): Promise<ReadonlySet<string>> {
  const paths = (await readdir(join(root, FOLDER))).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'),
  );
  const statements = paths.flatMap((path) => code.open(`${FOLDER}/${path}`).getStatements());
  const names = statements.flatMap((statement) => {
    if (!Node.isExportable(statement) || !statement.hasExportKeyword()) return [];
    if (Node.isVariableStatement(statement)) return statement.getDeclarations().map((each) => each.getName());
    return Node.hasName(statement) ? [statement.getName()] : [];
  });
  return new Set(names);
}

/** Exports a file of the contracts from their index. */
export function exportContract(code: Code, name: string): void {
  const index = code.open(`${FOLDER}/index.ts`);
  const specifier = `./${name}.ts`;
  const later = index
    .getExportDeclarations()
    .find((declaration) => (declaration.getModuleSpecifierValue() ?? '') > specifier);
  index.insertStatements(
    later?.getChildIndex() ?? index.getStatements().length,
    `export * from '${specifier}';`,
  );
}

/**
 * Names the requests of a client. `product`: the films of catalog. `list`: `GET /NAME?productId=`, as an optional service and
 * added services have it. `plain`: nothing is known about the service.
 */
export type ClientKind = 'product' | 'list' | 'plain';

export function toClientKind(contracts: ReadonlySet<string>, called: string): ClientKind {
  const name = toCamelCase(called);
  if (called === 'catalog' && contracts.has('productDetail')) return 'product';
  return contracts.has(name) && contracts.has(`${name}Query`) ? 'list' : 'plain';
}
