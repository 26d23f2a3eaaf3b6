import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { rules } from '../prometheus/rules.ts';
import { directory, nameOf, ofKind, podOf, readBase } from './documents.ts';

interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchExpressions: readonly { key: string; values: readonly string[] }[] };
    readonly podMetricsEndpoints: readonly {
      port: string;
      path: string;
      relabelings: readonly { sourceLabels?: readonly string[]; targetLabel: string; replacement?: string }[];
    }[];
  };
}
const { spec } = parse(
  readFileSync(`${directory}components/monitoring/pod-monitor.yaml`, 'utf8'),
) as PodMonitor;

it('Prometheus is told of every pod by a label and a port that it has', () => {
  const [{ key, values } = { key: '', values: [] }] = spec.selector.matchExpressions;
  const deployments = ofKind(readBase(), 'Deployment');
  expect(values.toSorted()).toEqual(deployments.map(nameOf).toSorted());
  for (const deployment of deployments) {
    const { labels, container } = podOf(deployment);
    expect(labels[key]).toBe(nameOf(deployment));
    expect(container.ports?.map((port) => port.name)).toEqual([spec.podMetricsEndpoints[0]?.port]);
  }
});

it('what it reads has the labels that the rules go by', () => {
  expect(spec.podMetricsEndpoints.map(({ path, relabelings }) => ({ path, relabelings }))).toEqual([
    {
      path: '/metrics',
      relabelings: [
        { targetLabel: 'job', replacement: 'film-store' },
        { sourceLabels: ['__meta_kubernetes_pod_label_app_kubernetes_io_name'], targetLabel: 'service' },
      ],
    },
  ]);
  const jobs = rules.flatMap(({ expr }) => Array.from(expr.matchAll(/job="([^"]*)"/g), ([, job]) => job));
  expect(new Set(jobs)).toEqual(new Set(['film-store']));
});

it('the command of the README makes of the rules what the operator reads, all of them', () => {
  const readme = readFileSync(`${directory}README.md`, 'utf8');
  const [command = ''] = /^ *for file in slo alerts; do\n[^]*?\n *done$/m.exec(readme) ?? [];
  const bin = mkdtempSync(join(tmpdir(), 'kubectl-'));
  try {
    writeFileSync(join(bin, 'kubectl'), '#!/bin/sh\necho ---\ncat\n');
    chmodSync(join(bin, 'kubectl'), 0o755);
    const applied = execFileSync('sh', ['-c', command], {
      cwd: `${directory}../..`,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
    });
    const resources = parseAllDocuments(applied).map(
      (document) => document.toJS() as { kind: string; spec: { groups: { rules: object[] }[] } },
    );
    expect(resources.map(({ kind }) => kind)).toEqual(['PrometheusRule', 'PrometheusRule']);
    expect(resources.flatMap(({ spec: { groups } }) => groups.flatMap((group) => group.rules))).toEqual(
      rules,
    );
  } finally {
    rmSync(bin, { recursive: true });
  }
});
