import type { Dashboard } from './dashboard.ts';
import { overview } from './overview.ts';
import { resilience } from './resilience.ts';
import { services } from './services.ts';

/** By the name of the file that Grafana reads, which `npx vitest run deploy/grafana --update` writes anew. */
export const dashboards: Readonly<Record<string, Dashboard>> = { overview, resilience, services };
