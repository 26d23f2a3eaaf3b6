import { type HealthReport, healthReport } from '@film-store/health';

export interface Probed {
  /** Status codes of `/health/live` and `/health/ready`. */
  readonly live: number;
  readonly ready: number;
  readonly deep: number;
  readonly report: HealthReport;
  /** Names of failing checks, without the event loop, which is late on a busy machine. */
  readonly failing: Readonly<Record<string, 'degraded' | 'down'>>;
}

/** Calls all health endpoints of a service, and validates the report against its schema. */
export async function probe(url: string): Promise<Probed> {
  const [live, ready, deep] = await Promise.all(
    ['live', 'ready', 'deep'].map((probe) => fetch(`${url}/health/${probe}`)),
  );
  const report = healthReport.parse(await deep!.json());
  const failing = Object.entries(report.details).flatMap(([name, { status }]) =>
    status === 'up' || name === 'event-loop' ? [] : [[name, status] as const],
  );
  return {
    live: live!.status,
    ready: ready!.status,
    deep: deep!.status,
    report,
    failing: Object.fromEntries(failing),
  };
}
