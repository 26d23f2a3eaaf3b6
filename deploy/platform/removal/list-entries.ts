import { Node } from 'ts-morph';

/** Keys of a Nest provider: a provider without one of them is none. */
const PROVIDER_KEYS = new Set(['provide', 'useClass', 'useExisting', 'useFactory', 'useValue']);

/**
 * Returns the entry of a list that exists only for `use`: an element of an array, a property of an object, a member of a union
 * type, or an exported name. Returns `undefined` if other code depends on the use.
 */
export function findListEntry(use: Node): Node | undefined {
  let node = use;
  for (;;) {
    const parent: Node | undefined = node.getParent();
    if (!parent) return undefined;
    if (Node.isArrayLiteralExpression(parent) && !isPair(parent)) return node;
    if (Node.isUnionTypeNode(parent)) return node;
    if (Node.isShorthandPropertyAssignment(parent) || Node.isSpreadAssignment(parent)) return parent;
    if (Node.isExportSpecifier(parent)) return parent;
    if (Node.isPropertyAssignment(parent)) {
      if (!PROVIDER_KEYS.has(parent.getName())) return parent;
      node = parent.getParentOrThrow();
    } else if (belongsTo(node, parent)) node = parent;
    else return undefined;
  }
}

/** Checks if `parent` would be nothing without `node`. */
const belongsTo = (node: Node, parent: Node): boolean =>
  Node.isSpreadElement(parent) ||
  Node.isAsExpression(parent) ||
  Node.isSatisfiesExpression(parent) ||
  Node.isParenthesizedExpression(parent) ||
  Node.isAwaitExpression(parent) ||
  Node.isTypeReference(parent) ||
  Node.isTypeQuery(parent) ||
  (Node.isArrayLiteralExpression(parent) && isPair(parent)) ||
  (Node.isPropertyAccessExpression(parent) && parent.getExpression() === node) ||
  ((Node.isCallExpression(parent) || Node.isNewExpression(parent)) &&
    (parent.getExpression() === node || isAloneAmong(parent.getArguments())));

/** Checks that all arguments but one are literals. */
const isAloneAmong = (args: Node[]): boolean => args.filter((each) => !Node.isLiteralLike(each)).length === 1;

/** A key with its value, as in the entries of a map. */
function isPair(array: Node): boolean {
  if (!Node.isArrayLiteralExpression(array) || !Node.isArrayLiteralExpression(array.getParent()))
    return false;
  const [key, ...values] = array.getElements();
  return Node.isStringLiteral(key) && values.length === 1;
}

/** Removes an entry that `findListEntry` returned. */
export function removeListEntry(entry: Node): void {
  if (entry.wasForgotten()) return;
  const parent = entry.getParentOrThrow();
  if (Node.isArrayLiteralExpression(parent))
    parent.removeElement(parent.getElements().findIndex((each) => each === entry));
  else if (Node.isUnionTypeNode(parent)) {
    const rest = parent.getTypeNodes().filter((each) => each !== entry);
    parent.replaceWithText(rest.map((each) => each.getText()).join(' | ') || 'never');
  } else if (Node.isExportSpecifier(entry)) removeExport(entry);
  else if (
    Node.isPropertyAssignment(entry) ||
    Node.isShorthandPropertyAssignment(entry) ||
    Node.isSpreadAssignment(entry) ||
    Node.isPropertySignature(entry)
  )
    entry.remove();
}

/** Removes an exported name, and the statement with the last one: ts-morph would make it `export *`. */
export function removeExport(specifier: Node): void {
  if (!Node.isExportSpecifier(specifier)) return;
  const declaration = specifier.getExportDeclaration();
  if (declaration.getNamedExports().length > 1) specifier.remove();
  else declaration.remove();
}
