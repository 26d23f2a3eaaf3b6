import type { Dashboard } from './dashboard.ts';
import { overview } from './overview.ts';
import { resilience } from './resilience.ts';
import { services } from './services.ts';

/** All dashboards by the name of the file that Grafana reads. `npx vitest run deploy/grafana --update` writes the files. */
export const dashboards: Readonly<Record<string, Dashboard>> = { overview, resilience, services };
