import { readFileSync } from 'node:fs';
import type { NamedService } from '../../../deploy/platform/derived.ts';

/**
 * A place that must have every service of the manifest. It is read from its file, without the code that generates the file, so
 * that a fault of the generator is found too.
 */
export interface ServiceList {
  /** The file, and the place in it. */
  readonly name: string;
  /** Returns the names of the services that the place has, in full. A service that does not belong there counts as one. */
  readonly read: (services: readonly NamedService[]) => readonly string[];
}

export const readText = (path: string): string => readFileSync(path, 'utf8');

/** Returns the names of the services that satisfy a condition. */
export const filterNames = (
  services: readonly NamedService[],
  satisfies: (service: NamedService) => boolean,
): string[] => services.filter((service) => satisfies(service)).map(({ name }) => name);
