import { SyntaxKind } from 'ts-morph';
import type { Call } from '../define-platform.ts';
import { quote } from '../derived.ts';
import { type Code, findObject } from './code.ts';

export interface ServiceInput {
  readonly name: string;
  readonly port: number;
  readonly description: string;
  readonly stores: readonly string[];
  readonly calls: readonly string[];
  readonly objectives: { readonly availability: number; readonly latencyMs: number };
}

const openServices = (code: Code) => {
  const file = code.open('platform.config.ts');
  const [input] = file
    .getVariableDeclarationOrThrow('platform')
    .getInitializerIfKindOrThrow(SyntaxKind.CallExpression)
    .getArguments();
  if (!input) throw new Error('definePlatform has no argument');
  return findObject(input.asKindOrThrow(SyntaxKind.ObjectLiteralExpression), 'services');
};

/** Adds a service to the manifest. Its calls are critical, unless its responses come from a store. */
export function addServiceEntry(code: Code, service: ServiceInput): void {
  const { name, port, description, stores, calls, objectives } = service;
  const { availability, latencyMs } = objectives;
  const kind: Call = stores.length > 0 ? 'degradable' : 'critical';
  const lines = [
    `port: ${port}`,
    `description: ${JSON.stringify(description)}`,
    ...(stores.length > 0 ? [`stores: [${stores.map((store) => `'${store}'`).join(', ')}]`] : []),
    ...(calls.length > 0
      ? [`calls: { ${calls.map((called) => `${quote(called)}: '${kind}'`).join(', ')} }`]
      : []),
    `objectives: { availability: ${availability}, latencyMs: ${latencyMs} }`,
  ];
  openServices(code).addPropertyAssignment({
    name: quote(name),
    initializer: `{\n${lines.join(',\n')},\n}`,
  });
}

/** Adds a server outside the platform, which a service calls, to the manifest. */
export function addUpstreamEntry(code: Code, caller: string, called: string, url: string): void {
  const upstreams = findObject(findObject(openServices(code), caller), 'upstreams');
  upstreams.addPropertyAssignment({ name: quote(called), initializer: `'${url}'` });
}

/** Adds a call of one service to another one to the manifest. */
export function addCallEntry(code: Code, caller: string, called: string, kind: Call): void {
  const calls = findObject(findObject(openServices(code), caller), 'calls');
  calls.addPropertyAssignment({ name: quote(called), initializer: `'${kind}'` });
}
