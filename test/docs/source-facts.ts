import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const sources = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'])
  .filter((path) => !path.endsWith('.spec.ts') && !path.includes('/testing/'))
  .toSorted()
  .map((path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));

/** Returns what `read` finds at the nodes of all sources of apps and libraries, specs excluded. */
function collect<T>(read: (node: ts.Node, file: ts.SourceFile) => T | undefined): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node, file: ts.SourceFile): void => {
    const value = read(node, file);
    if (value !== undefined) found.push(value);
    node.forEachChild((child) => visit(child, file));
  };
  for (const file of sources) visit(file, file);
  return found;
}

/** Returns the text of a string literal; `*` stands for the values in a template. */
function readText(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `*${literal.text}`).join('');
}

/** Returns the values of the members of an object literal by name. A shorthand member is its own value. */
const readMembers = (node: ts.ObjectLiteralExpression): ReadonlyMap<string, ts.Node> =>
  new Map(
    node.properties.flatMap((member): [string, ts.Node][] => {
      if (ts.isShorthandPropertyAssignment(member)) return [[member.name.text, member.name]];
      if (!ts.isPropertyAssignment(member)) return [];
      const { name } = member;
      if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) return [[name.text, member.initializer]];
      return [];
    }),
  );

/** Returns the name of the function or method that is called. */
function readCallee({ expression }: ts.CallExpression): string {
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  return ts.isIdentifier(expression) ? expression.text : '';
}

const toOwner = (file: ts.SourceFile): string => file.fileName.split('/')[1] ?? '';

export interface LogEventFact {
  /** `*` stands for a part that is known at runtime only. */
  readonly event: string;
  readonly levels: readonly string[];
  /** Members of the record beside `event`. */
  readonly fields: readonly string[];
  /** App or library that logs it. */
  readonly owner: string;
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'];

/** Finds the log events: object literals with a member `event` that are the first argument of a call. */
export const findLogEvents = (): LogEventFact[] =>
  collect((node, file) => {
    if (!ts.isObjectLiteralExpression(node)) return undefined;
    const members = readMembers(node);
    const call = members.has('event') ? findCall(node, file) : undefined;
    if (!call) return undefined;
    const fields = [...members.keys()].filter((name) => name !== 'event');
    const levels = findLevels(call, file);
    return readEvents(members.get('event')!, file).map((event) => ({
      event,
      levels,
      fields,
      owner: toOwner(file),
    }));
  }).flat();

/** Returns the name of an event, or those that a local function with the parameter `event` is called with. */
function readEvents(value: ts.Node, file: ts.SourceFile): string[] {
  const text = readText(value);
  if (text !== undefined) return text.includes('.') ? [text] : [];
  const callee = ts.findAncestor(value, ts.isVariableDeclaration)?.name.getText();
  return findCalls(file, callee).flatMap((call) => readText(call.arguments[0]) ?? []);
}

/** Finds the calls of a function in a file. */
function findCalls(file: ts.SourceFile, name: string | undefined): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && readCallee(node) === name) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Finds the call that gets a record: itself, or by the variable that holds it. */
function findCall({ parent, pos }: ts.Expression, file: ts.SourceFile): ts.CallExpression | undefined {
  if (ts.isCallExpression(parent)) return parent;
  if (!ts.isVariableDeclaration(parent)) return undefined;
  const name = parent.name.getText();
  const find = (node: ts.Node): ts.CallExpression | undefined =>
    ts.isCallExpression(node) && node.pos > pos && node.arguments[0]?.getText() === name
      ? node
      : ts.forEachChild(node, find);
  return find(file);
}

/** Finds the level in the call `logger.warn(…)`, in `logger[level](…)`, or in the local function that is called. */
function findLevels(call: ts.CallExpression, file: ts.SourceFile): readonly string[] {
  const { expression } = call;
  const callee = readCallee(call);
  if (LEVELS.includes(callee)) return [callee];
  if (!ts.isElementAccessExpression(expression)) return levelsIn(findDeclaration(file, callee));
  const level = expression.argumentExpression;
  if (ts.isCallExpression(level)) return levelsIn(findDeclaration(file, readCallee(level)));
  return levelsIn(ts.isIdentifier(level) ? findDeclaration(file, level.text) : level);
}

function findDeclaration(file: ts.SourceFile, name: string): ts.Node | undefined {
  const find = (node: ts.Node): ts.Node | undefined =>
    (ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name?.getText() === name
      ? node
      : ts.forEachChild(node, find);
  return find(file);
}

const levelsIn = (node: ts.Node | undefined): string[] =>
  LEVELS.filter((level) => new RegExp(`['.]${level}\\b`).test(node?.getText() ?? ''));

export interface MetricFact {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: string;
  readonly description: string;
}

/** Finds the instruments: calls of `meter.createX(name, options)`, or of a local `x(name, description, unit)`. */
export const findMetrics = (): MetricFact[] =>
  collect((node) => {
    if (!ts.isCallExpression(node)) return undefined;
    const type = /^(?:create(?:Observable)?)?(counter|gauge|histogram)$/i.exec(readCallee(node))?.[1];
    const [first, second, third] = node.arguments;
    const name = readText(first);
    if (type === undefined || name === undefined || !second) return undefined;
    const options = ts.isObjectLiteralExpression(second) ? readMembers(second) : undefined;
    return {
      name,
      type: type.toLowerCase() as MetricFact['type'],
      unit: readText(options ? options.get('unit') : third) ?? '',
      description: readText(options ? options.get('description') : second) ?? '',
    };
  });

export interface IndicatorFact {
  readonly name: string;
  readonly critical: boolean;
  /** App or library that registers it. */
  readonly owner: string;
}

/** Finds the health indicators: object literals with `name`, `critical` and `check`. */
export const findIndicators = (): IndicatorFact[] =>
  collect((node, file) => {
    if (!ts.isObjectLiteralExpression(node)) return undefined;
    const members = readMembers(node);
    const name = readText(members.get('name'));
    const critical = members.get('critical');
    if (name === undefined || !critical || !members.has('check')) return undefined;
    return { name, critical: critical.kind === ts.SyntaxKind.TrueKeyword, owner: toOwner(file) };
  });

/** Finds the names of span events: `addEvent(name, …)`. `*` stands for a part that is known at runtime only. */
export const findSpanEvents = (): string[] =>
  collect((node) =>
    ts.isCallExpression(node) && readCallee(node) === 'addEvent' ? readText(node.arguments[0]) : undefined,
  );

/** Finds the docstrings of the members of all object literals, by the name of the member. */
export const findMemberDocs = (): ReadonlyMap<string, string> =>
  new Map(
    collect((node): [string, string] | undefined => {
      if (!ts.isPropertyAssignment(node)) return undefined;
      const [doc] = ts.getJSDocCommentsAndTags(node);
      const text = doc && ts.getTextOfJSDocComment(doc.comment);
      const { name } = node;
      if (!text || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name))) return undefined;
      return [name.text, text.replace(/\s+/g, ' ')];
    }),
  );

/** Finds the names of headers that the sources read or set by a literal, in lower case. */
export function findHeaders(): ReadonlySet<string> {
  const named = collect((node) => {
    if (ts.isCallExpression(node) && /^(?:header|setHeader|hasHeader|getHeader)$/.test(readCallee(node)))
      return readText(node.arguments[0]);
    if (ts.isElementAccessExpression(node) && /headers$/i.test(node.expression.getText()))
      return readText(node.argumentExpression);
    return undefined;
  });
  const members = collect((node) => {
    if (!ts.isPropertyAssignment(node) && !ts.isVariableDeclaration(node)) return undefined;
    const { name, initializer } = node;
    if (!/headers$/i.test(name.getText()) || !initializer || !ts.isObjectLiteralExpression(initializer))
      return undefined;
    return [...readMembers(initializer).keys()];
  });
  const constants = readFileSync('libs/core/src/headers.ts', 'utf8').matchAll(/= '([a-z-]+)'/g);
  const all = [...named, ...members.flat(), ...[...constants].map(([, name = '']) => name)];
  return new Set(all.map((name) => name.toLowerCase()));
}
