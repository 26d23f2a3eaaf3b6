import { toErrorBudget, toObjectives } from '../../platform/objectives.ts';
import { platform } from '../../../platform.config.ts';
import type { Pair } from './pair.ts';

/** Requests a minute. */
const TOTAL = 1_000_000;

/** Cases of ServiceObjectiveMissed: two for each internal service. */
export const serviceObjectives: readonly Pair[] = toObjectives(platform)
  .filter(({ service }) => !service.public)
  .flatMap(({ service, availability, latency }) => {
    const { name, objectives } = service;
    const series = (metric: string, labels: string): string =>
      `http_server_${metric}{service="${name}", http_route="/items/:id", http_request_method="GET"${labels}}`;
    const requests = (status: number): string =>
      series('request_duration_seconds_count', `, http_response_status_code="${status}"`);
    const inTime = series('request_duration_seconds_bucket', `, le="${objectives.latencyMs / 1000}"`);
    const clientDeadlines = series('client_deadline_exceeded_total', '');
    const probes = `http_server_request_duration_seconds_count{service="${name}", http_route="/health/ready", http_request_method="GET", http_response_status_code="503"}`;
    const failures = Math.round(TOTAL * 2 * toErrorBudget(objectives.availability));
    return [
      {
        alert: 'ServiceObjectiveMissed',
        at: '1h',
        fires: {
          when: `failures of ${name} use its error budget twice too fast`,
          series: {
            [requests(200)]: `0+${TOTAL - failures}x70`,
            [requests(503)]: `0+${failures}x70`,
            [inTime]: `0+${TOTAL}x70`,
          },
        },
        labels: { severity: 'ticket', ...availability },
        silent: {
          when: `callers gave ${name} too little time, and a probe fails`,
          series: {
            [requests(200)]: `0+${TOTAL - failures}x70`,
            [requests(504)]: `0+${failures}x70`,
            [clientDeadlines]: `0+${failures}x70`,
            [probes]: `0+${TOTAL}x70`,
            [inTime]: `0+${TOTAL}x70`,
          },
        },
      },
      {
        alert: 'ServiceObjectiveMissed',
        at: '1h',
        fires: {
          when: `2 % of the reads of ${name} take longer than ${objectives.latencyMs} ms`,
          series: { [requests(200)]: `0+100x70`, [inTime]: `0+98x70` },
        },
        labels: { severity: 'ticket', ...latency },
        silent: {
          when: `0.5 % of the reads of ${name} take longer than ${objectives.latencyMs} ms`,
          series: { [requests(200)]: `0+200x70`, [inTime]: `0+199x70` },
        },
      },
    ];
  });
