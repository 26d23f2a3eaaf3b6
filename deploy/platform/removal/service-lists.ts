import { Node, type SourceFile, SyntaxKind } from 'ts-morph';
import { toCamelCase, toEnvName } from '../derived.ts';

export interface ServiceNames {
  /** The service that is removed. */
  readonly removed: string;
  readonly others: readonly string[];
}

/**
 * Returns the entries for a service in the lists of a file. A list of services is an array, an object or a type that names another
 * service too: `['catalog', 'reviews']`, `{ catalog: 3001, reviews: 3002 }`, or rows that begin with a service. Properties
 * with the environment variables of the service are entries anywhere.
 */
export function findServiceEntries(file: SourceFile, { removed, others }: ServiceNames): Node[] {
  const text = file.getFullText();
  if (![removed, toCamelCase(removed), toEnvName(removed)].some((name) => text.includes(name))) return [];
  const isRemoved = (name: string | undefined): boolean => name !== undefined && names(removed, name);
  const isOther = (name: string | undefined): boolean =>
    name !== undefined && others.some((other) => names(other, name));
  return [
    ...file.getDescendantsOfKind(SyntaxKind.ArrayLiteralExpression).map((list) => list.getElements()),
    ...file.getDescendantsOfKind(SyntaxKind.ObjectLiteralExpression).map((list) => list.getProperties()),
    ...file.getDescendantsOfKind(SyntaxKind.UnionType).map((list) => list.getTypeNodes()),
    ...file.getDescendantsOfKind(SyntaxKind.TypeLiteral).map((list) => list.getMembers()),
    ...file.getInterfaces().map((list) => list.getMembers()),
  ].flatMap((entries: Node[]) => {
    const isList = entries.some((entry) => isOther(toName(entry)));
    return entries.filter(
      (entry) => isVariable(toName(entry), removed) || (isList && isRemoved(toName(entry))),
    );
  });
}

/** Checks if a name is that of a service or of one of its replicas: `film-reviews`, `film-reviews-1`, `filmReviews`, `FILM_REVIEWS`. */
const names = (service: string, name: string): boolean =>
  name === toCamelCase(service) || name === toEnvName(service) || name.replace(/-\d+$/, '') === service;

function isVariable(name: string | undefined, service: string): boolean {
  const prefix = toEnvName(service);
  return (
    name === `${prefix}_URL` ||
    name === `${prefix}_PORT` ||
    (name?.startsWith(`UPSTREAM_${prefix}_`) ?? false)
  );
}

/** Returns what names an entry of a list: its key, its text, the first element of a row, the first argument of a call. */
function toName(entry: Node | undefined): string | undefined {
  if (Node.isStringLiteral(entry)) return entry.getLiteralValue();
  if (Node.isLiteralTypeNode(entry)) return toName(entry.getLiteral());
  if (Node.isArrayLiteralExpression(entry)) return toName(entry.getElements()[0]);
  if (Node.isPropertyAssignment(entry) || Node.isPropertySignature(entry)) return toKey(entry.getNameNode());
  if (Node.isShorthandPropertyAssignment(entry)) return entry.getName();
  if (Node.isSpreadAssignment(entry) || Node.isSpreadElement(entry)) return toName(entry.getExpression());
  if (Node.isCallExpression(entry)) return toName(entry.getArguments()[0]);
  return undefined;
}

const toKey = (key: Node): string => (Node.isStringLiteral(key) ? key.getLiteralValue() : key.getText());
