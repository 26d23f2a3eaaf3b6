import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { platform } from '../../platform.config.ts';
import { ruleFiles, rules } from '../prometheus/rules.ts';
import { directory, toName, filterByKind, toPod, readBase } from './documents.ts';

interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
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

it('selects every pod by a label and a port that the pod has', () => {
  const deployments = filterByKind(readBase(), 'Deployment');
  expect(deployments.map(toName).toSorted()).toEqual(Object.keys(platform.services).toSorted());
  expect(Object.keys(spec.selector.matchLabels)).toEqual(['app.kubernetes.io/part-of']);
  for (const deployment of deployments) {
    const { labels, container } = toPod(deployment);
    expect(labels).toMatchObject(spec.selector.matchLabels);
    expect(labels['app.kubernetes.io/name']).toBe(toName(deployment));
    expect(container.ports?.map((port) => port.name)).toEqual([spec.podMetricsEndpoints[0]?.port]);
  }
});

it('sets the labels that the rules use', () => {
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

it('converts all rules for the operator with the command of the README', () => {
  const readme = readFileSync(`${directory}README.md`, 'utf8');
  const [command = ''] =
    /^ *for file in deploy\/prometheus\/rules\/\*\.yml; do\n[^]*?\n *done$/m.exec(readme) ?? [];
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
    expect(new Set(resources.map(({ kind }) => kind))).toEqual(new Set(['PrometheusRule']));
    expect(resources).toHaveLength(ruleFiles.length);
    expect(resources.flatMap(({ spec: { groups } }) => groups.flatMap((group) => group.rules))).toEqual(
      rules,
    );
  } finally {
    rmSync(bin, { recursive: true });
  }
});
