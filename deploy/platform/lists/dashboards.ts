import { globSync } from 'node:fs';
import { grafanaDashboard } from '../../grafana/dashboard.ts';
import { toDashboards } from '../../grafana/dashboards.ts';
import type { List } from '../generated.ts';

const FOLDER = 'deploy/grafana/dashboards';

/** The dashboards as Grafana reads them. A file without a dashboard is removed. */
export const dashboards: List = (platform, root) => {
  const texts = new Map(
    toDashboards(platform).map((dashboard) => [
      `${FOLDER}/${dashboard.name}.json`,
      `${JSON.stringify(grafanaDashboard(dashboard, platform), undefined, 2)}\n`,
    ]),
  );
  const paths = [...texts.keys(), ...globSync(`${FOLDER}/*.json`, { cwd: root })];
  return [...new Set(paths)].map((path) => ({ path, render: () => texts.get(path) }));
};
