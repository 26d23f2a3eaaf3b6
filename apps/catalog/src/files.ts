import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

const repository = dirname(findPackageJSON(import.meta.url)!);

/** Where a file that comes with catalog lies, be catalog run from source or compiled. */
export const toCatalogPath = (path: string): string => join(repository, 'apps/catalog', path);
