import type { Platform } from '../../define-platform.ts';
import { type NamedService, byPort, toReplicas } from '../../derived.ts';
import { indent } from './containers.ts';

/** Changes to the containers of a service in another file of Compose. */
export interface Override {
  readonly variables: Readonly<Record<string, string>>;
  /** Containers of that file that start before. */
  readonly needs: readonly string[];
}

/** Renders the changed containers. A service whose override has no variables is left out. */
export const renderOverrides = (
  platform: Platform,
  toOverride: (service: NamedService) => Override,
): string[] =>
  byPort(platform).flatMap((service) => {
    const override = toOverride(service);
    if (Object.keys(override.variables).length === 0) return [];
    const lines = indent(renderOverride(override));
    return toReplicas(service).flatMap((host) => [`${host}:`].concat(lines));
  });

const renderOverride = ({ variables, needs }: Override): string[] => [
  'environment:',
  ...indent(Object.entries(variables).map(([name, value]) => `${name}: ${value}`)),
  'depends_on:',
  ...indent(needs.map((host) => `${host}: { condition: service_started }`)),
];
