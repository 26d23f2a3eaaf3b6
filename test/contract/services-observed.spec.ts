import { expect, it } from 'vitest';
import { LATENCY_BUCKETS_S } from '../../libs/telemetry/src/server-metrics.ts';
import { LATENCIES_MS } from '../../deploy/platform/define-platform.ts';
import { findCriticalServices, toServices } from '../../deploy/platform/derived.ts';
import { rules } from '../../deploy/prometheus/rules.ts';
import { platform } from '../../platform.config.ts';

it('pages for the absence of a service that responses to clients need, and has a ticket for others', () => {
  const toAbsent = (severity: string) =>
    rules
      .filter(({ alert, labels }) => alert === 'ServiceDown' && labels?.['severity'] === severity)
      .flatMap(({ expr }) =>
        Array.from(expr.matchAll(/absent\(up{.*service="(.*)"}\)/g), ([, name]) => name),
      );
  const critical = findCriticalServices(platform);
  const names = toServices(platform).map(({ name }) => name);
  expect(toAbsent('page')).toEqual(names.filter((name) => critical.has(name)));
  expect(toAbsent('ticket')).toEqual(names.filter((name) => !critical.has(name)));
});

it('has objectives for a latency that the histogram of requests counts', () => {
  expect(LATENCIES_MS).toEqual(LATENCY_BUCKETS_S.map((seconds) => seconds * 1000));
});
