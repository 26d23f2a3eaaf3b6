import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

const repositoryRoot = dirname(findPackageJSON(import.meta.url)!);

/** Returns the path of a file in `apps/catalog`, for source and compiled code. */
export const toCatalogPath = (path: string): string => join(repositoryRoot, 'apps/catalog', path);
