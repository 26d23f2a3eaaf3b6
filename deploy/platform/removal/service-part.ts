import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../define-platform.ts';
import { findCallers } from '../derived.ts';
import type { Part } from '../parts/part.ts';

/** Returns what belongs to a service that has no part of its own: the files that `add service` makes. */
export function toServicePart(root: string, platform: Platform, name: string): Part {
  const inCallers = findCallers(platform, name).map((caller) => `apps/${caller.name}/src/${name}`);
  const contracts = globSync(`libs/contracts/src/${name}.{ts,spec.ts}`, { cwd: root });
  const paths = [`apps/${name}`, ...inCallers, ...contracts].filter((path) => existsSync(join(root, path)));
  return { name, title: `the service ${name}`, paths, packages: [] };
}
