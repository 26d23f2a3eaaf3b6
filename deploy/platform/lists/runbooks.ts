import { toServices } from '../derived.ts';
import type { List } from '../generated.ts';
import { renderRunbook, runbookPath, updateRunbook } from '../scaffold/runbook.ts';

/** A runbook for each service. A page that exists keeps its text, except for the sections that follow the manifest. */
export const runbooks: List = (platform) => [
  { owned: runbookPath('*') },
  ...toServices(platform).map((service) => ({
    path: runbookPath(service.name),
    render: (current: string | undefined) =>
      current === undefined ? renderRunbook(service, platform) : updateRunbook(current, service, platform),
  })),
];
