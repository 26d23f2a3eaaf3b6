import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { z } from 'zod';
import type { ServiceDefinition } from '@film-store/service';
import { root, type ServiceName } from '../../deploy/local/services.ts';
import { toCamelCase } from '../../deploy/platform/derived.ts';

/** Imports the definition of a service: `filmReviews` of `apps/film-reviews/src/film-reviews.ts`. */
export const importService = (name: ServiceName): Promise<ServiceDefinition> =>
  importExport(`apps/${name}/src/${name}.ts`, toCamelCase(name));

/** Imports the settings of a service: `filmReviewsConfig` of `apps/film-reviews/src/film-reviews.config.ts`. */
export const importConfig = (name: ServiceName): Promise<z.ZodObject> =>
  importExport(`apps/${name}/src/${name}.config.ts`, `${toCamelCase(name)}Config`);

/** @throws Error if the file has no such export */
async function importExport<T>(path: string, name: string): Promise<T> {
  const url = pathToFileURL(join(root, path)).href;
  const module = (await import(/* @vite-ignore */ url)) as Readonly<Record<string, T>>;
  const value = module[name];
  if (value === undefined) throw new Error(`${path} must export ${name}`);
  return value;
}
