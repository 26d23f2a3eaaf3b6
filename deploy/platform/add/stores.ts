import { UsageError } from '../command.ts';
import type { ServiceEntry } from '../define-platform.ts';
import { findSettings } from './add-call.ts';
import { addImport, addToModule } from './code.ts';
import type { Target } from './target.ts';
import type { Targets } from './templates.ts';

type Store = ServiceEntry['stores'][number];

/** The entries of a service are in the first one that it has. */
const STORES: readonly Store[] = ['database', 'redis', 'files'];

/** @throws UsageError for an unknown store */
export function parseStores(names: readonly string[]): Store[] {
  const unknown = names.find((name) => !STORES.some((store) => store === name));
  if (unknown !== undefined)
    throw new UsageError(`--stores: there is no store "${unknown}". The stores are ${STORES.join(', ')}.`);
  return STORES.filter((store) => names.includes(store));
}

const source = 'apps/new-service/src';
const REPOSITORY = 'new-service.repository.ts';

/** Returns the templates of the stores: their connections, and the repository in the first one. */
export const toStoreTargets = (stores: readonly Store[]): Targets => ({
  ...(stores[0] && { [`store/${stores[0]}/${REPOSITORY}`]: `${source}/new-service/${REPOSITORY}` }),
  ...(stores.includes('database') && {
    ...toTargets('store/database', `${source}/database`, [
      'database.config.ts',
      'database.ts',
      'database-connection.ts',
      'database.module.ts',
      'schema.ts',
    ]),
    ...toTargets('store/database/drizzle', 'apps/new-service/drizzle', [
      '0000_initial.sql',
      'meta/0000_snapshot.json',
      'meta/_journal.json',
    ]),
  }),
  ...((stores.includes('database') || stores.includes('files')) && {
    'store/files/files.config.ts': `${source}/files/files.config.ts`,
  }),
  ...(stores.includes('files') && { 'store/files/files.module.ts': `${source}/files/files.module.ts` }),
});

/** The targets of what the feature of a service with a store imports, by the names in the templates. */
export const STORED_IMPORTS: Targets = {
  [`store/files/${REPOSITORY}`]: `${source}/new-service/${REPOSITORY}`,
  'feature/stored/stored-service.ts': `${source}/new-service.ts`,
};

const toTargets = (from: string, to: string, files: readonly string[]): Targets =>
  Object.fromEntries(files.map((file) => [`${from}/${file}`, `${to}/${file}`]));

/** Adds the settings and the modules of the stores to a service. */
export function connectStores({ code, scope }: Target, name: string, stores: readonly Store[]): void {
  const config = code.open(`apps/${name}/src/${name}.config.ts`);
  const app = code.open(`apps/${name}/src/app.module.ts`);
  const addSettings = (module: string, settings: string): void => {
    addImport(config, module, settings);
    findSettings(code, name).addSpreadAssignment({ expression: settings });
  };
  for (const store of stores) {
    switch (store) {
      case 'database': {
        addSettings('./database/database.config.ts', 'databaseEnv');
        const feature = code.open(`apps/${name}/src/${name}/${name}.module.ts`);
        addImport(feature, '../database/database.module.ts', 'DatabaseModule');
        addToModule(feature, { imports: 'DatabaseModule' });
        break;
      }
      case 'redis':
        addSettings(`${scope}/service`, 'redisEnv');
        addImport(app, `${scope}/redis`, 'RedisModule');
        addImport(app, `${scope}/service`, 'CONFIG');
        addImport(app, `${scope}/service`, 'toRedisOptions');
        addToModule(app, {
          imports: 'RedisModule.forRootAsync({ inject: [CONFIG], useFactory: toRedisOptions })',
        });
        break;
      case 'files':
        // The settings of the database have the directory too.
        if (!stores.includes('database')) addSettings('./files/files.config.ts', 'filesEnv');
        addImport(app, './files/files.module.ts', 'FilesModule');
        addToModule(app, { imports: 'FilesModule' });
        break;
      default:
        store satisfies never;
    }
  }
}
