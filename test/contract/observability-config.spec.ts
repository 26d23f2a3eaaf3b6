import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { services } from '../../deploy/local/services.ts';

const read = (file: string): string => readFileSync(file, 'utf8');

interface Collector {
  readonly receivers: object;
  readonly processors: { tail_sampling: { policies: { ottl_condition?: { spanevent: string[] } }[] } };
  readonly exporters: object;
  readonly service: {
    readonly pipelines: Record<string, Record<'receivers' | 'processors' | 'exporters', string[]>>;
  };
}
const collector = parse(read('deploy/otel-collector/config.yaml')) as Collector;

interface Compose {
  readonly services: Record<string, { command?: string[]; environment?: { PORT?: number } }>;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;

/** Reads the service of every target, by the address of the target. */
const readTargets = (file: string): Record<string, string> =>
  Object.fromEntries(
    (parse(read(file)) as { targets: string[]; labels: { service: string } }[]).flatMap(
      ({ targets, labels }) => targets.map((target) => [target, labels.service]),
    ),
  );

it('gives Prometheus every service of the demo and of compose as a target', () => {
  expect(readTargets('deploy/prometheus/targets.yml')).toEqual(
    Object.fromEntries(services.map(({ name, defaultPort }) => [`localhost:${defaultPort}`, name])),
  );
  const containers = Object.entries(compose.services).flatMap(([host, { command = [], environment }]) => {
    const [, service] = /dist\/apps\/([\w-]+)\//.exec(command.join(' ')) ?? [];
    return service ? [[`${host}:${environment?.PORT}`, service]] : [];
  });
  const inContainers = containers.map(([, service]) => service);
  expect(new Set(inContainers)).toEqual(new Set(services.map(({ name }) => name)));
  expect(readTargets('deploy/prometheus/targets.compose.yml')).toEqual(Object.fromEntries(containers));
});

it('uses every configured part of the collector in a pipeline', () => {
  const used = Object.values(collector.service.pipelines);
  for (const kind of ['receivers', 'processors', 'exporters'] as const)
    expect(new Set(used.flatMap((pipeline) => pipeline[kind]))).toEqual(
      new Set(Object.keys(collector[kind])),
    );
});

it('keeps degraded traces in the collector by an event that spans have', () => {
  const conditions = collector.processors.tail_sampling.policies.flatMap(
    ({ ottl_condition: condition }) => condition?.spanevent ?? [],
  );
  const names = Array.from(conditions, (condition) => /^name == "(.*)"$/.exec(condition)?.[1]);
  expect(names).toEqual(['response.degraded']);
  expect(read('docs/reference/spans.md')).toMatch(/^\| `response.degraded` /m);
});

it('provisions the data source of the dashboards in Grafana', () => {
  const { datasources } = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml')) as {
    datasources: { uid: string; type: string }[];
  };
  expect(datasources).toContainEqual(expect.objectContaining({ uid: 'prometheus', type: 'prometheus' }));
});
