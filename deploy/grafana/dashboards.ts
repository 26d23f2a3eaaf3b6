import type { Platform } from '../platform/define-platform.ts';
import type { Dashboard } from './dashboard.ts';
import { toObjectivesDashboard } from './objectives.ts';
import { overview } from './overview.ts';
import { resilience } from './resilience.ts';
import { services } from './services.ts';

/** Returns all dashboards. `npm run platform -- generate` writes the files that Grafana reads. */
export const toDashboards = (platform: Platform): Dashboard[] => [
  overview,
  toObjectivesDashboard(platform),
  resilience,
  services,
];
