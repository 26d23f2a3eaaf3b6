import { grafanaDashboard } from '../../grafana/dashboard.ts';
import { toDashboards } from '../../grafana/dashboards.ts';
import type { List } from '../generated.ts';

const FOLDER = 'deploy/grafana/dashboards';

/** The dashboards as Grafana reads them. */
export const dashboards: List = (platform) => [
  { owned: `${FOLDER}/*.json` },
  ...toDashboards(platform).map((dashboard) => ({
    path: `${FOLDER}/${dashboard.name}.json`,
    render: () => `${JSON.stringify(grafanaDashboard(dashboard, platform), undefined, 2)}\n`,
  })),
];
