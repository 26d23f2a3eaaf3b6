import { globSync } from 'node:fs';
import { toServices } from '../derived.ts';
import type { List } from '../generated.ts';
import { renderRunbook, runbookPath, updateRunbook } from '../scaffold/runbook.ts';

/**
 * A runbook for each service. A page that exists keeps its text, except for the sections that follow the manifest. A page
 * without a service is removed.
 */
export const runbooks: List = (platform, root) => {
  const services = new Map(toServices(platform).map((service) => [runbookPath(service.name), service]));
  const paths = [...services.keys(), ...globSync(runbookPath('*'), { cwd: root })];
  return [...new Set(paths)].map((path) => {
    const service = services.get(path);
    return {
      path,
      render: (current) =>
        service &&
        (current === undefined
          ? renderRunbook(service, platform)
          : updateRunbook(current, service, platform)),
    };
  });
};
