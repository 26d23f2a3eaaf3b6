import { Node, type ObjectLiteralExpression, type Project, type SourceFile, SyntaxKind } from 'ts-morph';

/** Removes a service from platform.config.ts, with the calls of others to it. */
export function removeService(project: Project, root: string, name: string): void {
  const services = findObject(openManifest(project, root), 'services');
  findProperty(services, name)?.remove();
  for (const service of services.getProperties()) {
    const entry = Node.isPropertyAssignment(service) ? service.getInitializer() : undefined;
    if (Node.isObjectLiteralExpression(entry)) findProperty(findObject(entry, 'calls'), name)?.remove();
  }
}

/** Removes a part from platform.config.ts. */
export function removePartName(project: Project, root: string, name: string): void {
  const list = findProperty(openManifest(project, root), 'parts');
  const array = list?.getInitializerIfKind(SyntaxKind.ArrayLiteralExpression);
  const element = array
    ?.getElements()
    .find((each) => Node.isStringLiteral(each) && each.getLiteralValue() === name);
  if (element) array?.removeElement(element);
}

function openManifest(project: Project, root: string): ObjectLiteralExpression {
  const file: SourceFile = project.getSourceFileOrThrow(`${root}/platform.config.ts`);
  const call = file
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((each) => each.getExpression().getText() === 'definePlatform');
  const [manifest] = call?.getArguments() ?? [];
  if (!Node.isObjectLiteralExpression(manifest))
    throw new Error('platform.config.ts has no definePlatform({ … })');
  return manifest;
}

const findProperty = (object: ObjectLiteralExpression, name: string) =>
  object
    .getProperties()
    .filter((each) => Node.isPropertyAssignment(each))
    .find((each) => toKey(each.getNameNode()) === name);

const toKey = (name: Node): string => (Node.isStringLiteral(name) ? name.getLiteralValue() : name.getText());

function findObject(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression {
  const value = findProperty(object, name)?.getInitializer();
  if (!Node.isObjectLiteralExpression(value)) throw new Error(`platform.config.ts has no object ${name}`);
  return value;
}
