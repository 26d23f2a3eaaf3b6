import { SyntaxKind } from 'ts-morph';
import type { ServiceEntry } from '../define-platform.ts';
import { importInApp } from './add-call.ts';
import { type ClientKind, exportContract } from './contracts.ts';
import type { Target } from './target.ts';
import { STORED_IMPORTS, connectStores, toStoreTargets } from './stores.ts';
import { type Targets, writeTemplates } from './templates.ts';

export interface Client {
  readonly called: string;
  readonly client: ClientKind;
}

/** Names the source of the entries of a feature: its memory, a store, or a called service with a known client. */
type FeatureKind = 'alone' | 'stored' | Exclude<ClientKind, 'plain'>;

/**
 * Writes a service and its contract. Its feature reads its first store, or without a store the first called service whose requests
 * are known. With both, it checks in that service what it adds to the store.
 */
export async function writeService(
  target: Target,
  { name, port, stores }: { name: string; port: number; stores: ServiceEntry['stores'] },
  clients: readonly Client[],
): Promise<void> {
  const { root, scope, code } = target;
  const used = clients.find(({ client }) => client !== 'plain');
  const kind = toFeatureKind(stores, used);
  const controller =
    kind === 'stored' ? 'feature/stored/new-service.controller.ts' : 'feature/new-service.controller.ts';
  const source = 'apps/new-service/src';
  const client = `${source}/called-service/called-service.client.ts`;
  await writeTemplates(
    {
      root,
      scope,
      names: { 'new-service': name, 'called-service': used?.called ?? name, 'calling-service': name },
      hasCall: used !== undefined,
    },
    {
      'contracts/new-service.ts': 'libs/contracts/src/new-service.ts',
      'service/main.ts': `${source}/main.ts`,
      'service/new-service.ts': `${source}/new-service.ts`,
      'service/new-service.config.ts': `${source}/new-service.config.ts`,
      'service/app.module.ts': `${source}/app.module.ts`,
      [controller]: `${source}/new-service/new-service.controller.ts`,
      ...toStoreTargets(stores),
      ...toFeatureTargets(kind, `${source}/new-service`),
    },
    {
      ...toFeatureTargets('alone', `${source}/new-service`),
      'upstream/called-service.module.ts': `${source}/called-service/called-service.module.ts`,
      'upstream/list/called-service.client.ts': client,
      'upstream/product/called-service.client.ts': client,
      ...STORED_IMPORTS,
    },
  );
  setPort(target, name, port);
  connectStores(target, name, stores);
  for (const { called } of clients) if (called !== used?.called) importInApp(code, name, called);
  exportContract(code, name);
}

function toFeatureKind(stores: ServiceEntry['stores'], used: Client | undefined): FeatureKind {
  if (stores.length > 0) return 'stored';
  return used && used.client !== 'plain' ? used.client : 'alone';
}

/** Writes a feature of a service, with its contract, and imports it in the module of the application. */
export async function writeFeature(
  { root, scope, code }: Target,
  { name, service, isPublic }: { name: string; service: string; isPublic: boolean },
): Promise<void> {
  const folder = 'apps/calling-service/src/new-service';
  const controller = isPublic
    ? 'feature/public/new-service.controller.ts'
    : 'feature/new-service.controller.ts';
  await writeTemplates(
    { root, scope, names: { 'new-service': name, 'calling-service': service } },
    {
      'contracts/new-service.ts': 'libs/contracts/src/new-service.ts',
      [controller]: `${folder}/new-service.controller.ts`,
      ...toFeatureTargets('alone', folder),
    },
    { 'feature/new-service.controller.ts': `${folder}/new-service.controller.ts` },
  );
  exportContract(code, name);
  importInApp(code, service, name);
}

const toFeatureTargets = (kind: FeatureKind, folder: string): Targets => ({
  [`feature/${kind}/new-service.module.ts`]: `${folder}/new-service.module.ts`,
  [`feature/${kind}/new-service.service.ts`]: `${folder}/new-service.service.ts`,
  [`feature/${kind}/new-service.service.spec.ts`]: `${folder}/new-service.service.spec.ts`,
});

function setPort({ code }: Target, name: string, port: number): void {
  code
    .open(`apps/${name}/src/${name}.config.ts`)
    .getDescendantsOfKind(SyntaxKind.PropertyAssignment)
    .find((property) => property.getName() === 'port')
    ?.setInitializer(String(port));
}
