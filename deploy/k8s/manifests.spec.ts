import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '@film-store/service';
import { type ServiceName, platform } from '../../platform.config.ts';
import { importConfig } from '../../test/support/service-modules.ts';
import { publicService, toPort, toServices } from '../platform/derived.ts';
import { directory, toName, filterByKind, toPod, readBase, renderProduction } from './documents.ts';
import { listEdges } from './edges.ts';

const readme = readFileSync(`${directory}README.md`, 'utf8');
const base = readBase();
const production = renderProduction();
const services = toServices(platform);
const names = services.map(({ name }) => name).toSorted();
const entry = publicService(platform).name;
/** The schemas of the settings, by service. */
const settings = new Map(
  await Promise.all(
    services.map(async ({ name }) => [name, await importConfig(name as ServiceName)] as const),
  ),
);
/** Secrets in the form that the services require. */
const secrets: Record<string, string> = {
  ADMIN_TOKEN: '0123456789abcdef',
  IDEMPOTENCY_SECRET: '0123456789abcdef0123456789abcdef',
  SERVICE_TOKEN: '0123456789abcdef0123456789abcdef',
  REDIS_URL: 'rediss://redis.example:6379',
  DATABASE_URL: 'postgres://store:secret@postgres.example/store',
  DATABASE_REPLICA_URL: 'postgres://store:secret@replica.example/store',
  CACHE_REDIS_URL: 'rediss://cache.example:6379',
};

/** Returns the connections that the manifest implies, in the form of `listEdges`. */
function findExpectedEdges(outside: string): ReturnType<typeof listEdges> {
  const calls = services.flatMap(({ name, calls: called }) =>
    services.filter((other) => other.name in called).map((other) => ({ from: name, to: other })),
  );
  const servers = services.flatMap(({ name, stores, upstreams }) => [
    ...Object.values(upstreams).map((url) => `${name} → anybody:${toPort(url)}`),
    ...(stores.includes('database') ? [`${name} → ${outside}:5432`] : []),
    ...(stores.includes('redis') ? [`${name} → ${outside}:6379`] : []),
  ]);
  return {
    out: [
      ...calls.map(({ from, to }) => `${from} → ${to.name}:${to.port}`),
      ...servers,
      'everybody → kube-system/kube-dns:53',
      'everybody → observability/:4318',
    ].toSorted(),
    in: [
      ...calls.map(({ from, to }) => `${from} → ${to.name}:http`),
      `ingress-nginx/ → ${entry}:http`,
      'observability/ → everybody:http',
    ].toSorted(),
  };
}

describe.each([['base', base] as const, ...(production ? [['production', production] as const] : [])])(
  'the manifests of %s',
  (_, documents) => {
    const deployments = filterByKind(documents, 'Deployment');
    const configMaps = filterByKind(documents, 'ConfigMap');
    const pods = deployments.map((deployment) => ({ name: toName(deployment), ...toPod(deployment) }));
    const selected = (labels: Record<string, string> = {}) =>
      pods
        .filter((pod) => Object.entries(labels).every(([key, value]) => pod.labels[key] === value))
        .map(({ name }) => name);
    const given = ({ container }: (typeof pods)[number]): Record<string, string> => {
      const mapped = (container.envFrom ?? []).map(
        ({ configMapRef }) => configMaps.find((map) => toName(map) === configMapRef?.name)?.data ?? {},
      );
      const own = (container.env ?? []).map(({ name, value }) => [name, value ?? secrets[name] ?? '']);
      return Object.assign({}, ...mapped, Object.fromEntries(own)) as Record<string, string>;
    };

    it('run all services', () => {
      expect(pods.map(({ name }) => name).toSorted()).toEqual(names);
    });

    it('select the pods of one service each', () => {
      const selecting = [
        ...deployments.map((it) => [toName(it), it.spec?.selector.matchLabels] as const),
        ...filterByKind(documents, 'Service').map((it) => [toName(it), it.spec?.selector] as const),
        ...filterByKind(documents, 'PodDisruptionBudget').map(
          (it) => [toName(it), it.spec?.selector?.matchLabels] as const,
        ),
        ...pods.flatMap(({ name, spec }) =>
          (spec.topologySpreadConstraints ?? []).map((it) => [name, it.labelSelector?.matchLabels] as const),
        ),
      ];
      // Deployment, Service, disruption budget, and two constraints.
      expect(selecting).toHaveLength(5 * names.length);
      for (const [name, labels] of selecting) expect(selected(labels)).toEqual([name]);
      for (const { spec } of filterByKind(documents, 'HorizontalPodAutoscaler'))
        expect(pods.map(({ name }) => name)).toContain(spec?.scaleTargetRef.name);
    });

    describe.each(pods.map((pod) => [pod.name, pod] as const))('%s', (name, pod) => {
      const { spec, container } = pod;
      const schema = settings.get(name)!;

      it('has its probes and its Service at the port where it listens', () => {
        const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
        expect(probes.map((probe) => probe?.httpGet)).toEqual([
          { path: '/health/live', port: 'http' },
          { path: '/health/live', port: 'http' },
          { path: '/health/ready', port: 'http' },
        ]);
        const port = services.find((service) => service.name === name)?.port;
        expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
        expect(given(pod)['PORT']).toBe(String(port));
        const service = filterByKind(documents, 'Service').find((it) => toName(it) === name);
        expect(service?.spec?.ports).toEqual([{ name: 'http', port, targetPort: 'http' }]);
      });

      it('has settings that it knows and accepts', () => {
        const env = given(pod);
        const own = Object.keys(env).filter((variable) => !variable.startsWith('OTEL_'));
        expect(own.filter((variable) => !(variable in schema.shape))).toEqual([]);
        expect(() => parseConfig(name, schema, env)).not.toThrow();
      });

      it('gets its secrets by reference', () => {
        const values = (container.env ?? []).filter((variable) => variable.value !== undefined);
        expect(values.map((variable) => variable.name).filter((it) => it in secrets)).toEqual([]);
      });

      it('runs without the addresses of optional stores', () => {
        const { optionalStores } = services.find((service) => service.name === name)!;
        const optional = (container.env ?? []).filter(({ valueFrom }) => valueFrom?.secretKeyRef?.optional);
        expect(optional).toHaveLength(optionalStores.length);
        const env = Object.entries(given(pod)).filter(([key]) => !optional.some((it) => it.name === key));
        expect(() => parseConfig(name, schema, Object.fromEntries(env))).not.toThrow();
      });

      it('has a grace period as long as its shutdown may take', () => {
        const { DRAIN_WAIT_MS, DRAIN_TIMEOUT_MS } = given(pod);
        // 8 s to close everything, twice 3 s to flush telemetry and log.
        const longest = Number(DRAIN_WAIT_MS) + Number(DRAIN_TIMEOUT_MS) + 14_000;
        expect(longest).toBe(34_000);
        expect(spec.terminationGracePeriodSeconds! * 1000).toBeGreaterThan(longest);
        expect(container.lifecycle).toBeUndefined();
      });

      it('has no more connections to PostgreSQL than a server accepts, also during a rollout', () => {
        const { strategy } = deployments.find((deployment) => toName(deployment) === name)!.spec!;
        expect(strategy).toEqual({
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
        });
        const scaler = filterByKind(documents, 'HorizontalPodAutoscaler').find((it) => toName(it) === name);
        const hasDatabase = services.some((it) => it.name === name && it.stores.includes('database'));
        const config = parseConfig(name, schema, given(pod)) as Record<string, unknown>;
        const bulkheads = Number(config['UPSTREAM_DATABASE_BULKHEAD_CONCURRENT'] ?? 0);
        const searches = Number(config['UPSTREAM_SEARCH_BULKHEAD_CONCURRENT'] ?? 0);
        // One more connection for health checks. Old pods drain while all new ones run.
        const connections = hasDatabase ? bulkheads + searches + 1 : 0;
        // PostgreSQL accepts 100 connections by default, 3 of them for superusers. A pod that migrates has only 2.
        expect(2 * scaler!.spec.maxReplicas * connections).toBeLessThanOrEqual(100 - 3);
      });

      it('has room for its logs and its files', () => {
        const MEBIBYTE = /^(\d+)Mi$/;
        const toMiB = (size: unknown): number => Number(MEBIBYTE.exec(String(size))?.[1]);
        const files = (spec.volumes ?? []).flatMap(({ emptyDir }) => (emptyDir ? [emptyDir.sizeLimit] : []));
        const { requests, limits } = container.resources!;
        // The kubelet keeps five log files of 10 MiB.
        const needed = files.reduce<number>((sum, size) => sum + toMiB(size), 50);
        expect(toMiB(requests?.['ephemeral-storage'])).toBe(needed);
        expect(toMiB(limits?.['ephemeral-storage'])).toBeGreaterThan(needed);
      });

      it('fits the restricted profile, cannot write to its image and has no token', () => {
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(spec.automountServiceAccountToken).toBe(false);
        const account = filterByKind(documents, 'ServiceAccount').find(
          (it) => toName(it) === spec.serviceAccountName,
        );
        expect(account?.automountServiceAccountToken).toBe(false);
      });

      it('refers only to objects that are defined or that the README creates', () => {
        const maps = [
          ...(container.envFrom ?? []).map(({ configMapRef }) => configMapRef?.name),
          ...(spec.volumes ?? []).flatMap(({ configMap }) => (configMap ? [configMap.name] : [])),
        ];
        for (const map of maps) expect(configMaps.map(toName)).toContain(map);
        for (const { valueFrom } of container.env ?? []) {
          if (valueFrom === undefined) continue;
          const { name: secret, key, optional = false } = valueFrom.secretKeyRef!;
          expect(readme).toMatch(
            optional
              ? new RegExp(`patch secret ${secret}\\b[^\\n]*"stringData":[^\\n]*"${key}":`)
              : new RegExp(`create secret generic ${secret}\\b[^\\n]*--from-literal=${key}=`),
          );
        }
      });

      it('survives a node drain', () => {
        const scaler = filterByKind(documents, 'HorizontalPodAutoscaler').find((it) => toName(it) === name);
        const budget = filterByKind(documents, 'PodDisruptionBudget').find((it) => toName(it) === name);
        expect(scaler?.spec?.minReplicas).toBeGreaterThan(budget?.spec?.maxUnavailable as number);
      });
    });

    it('run in a namespace that enforces the restricted profile, warns and records', () => {
      const [namespace, ...others] = filterByKind(documents, 'Namespace');
      expect(others).toEqual([]);
      expect(namespace?.metadata?.labels).toEqual({
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
      });
      expect(readme).toContain('kubectl apply -f deploy/k8s/base/namespace.yaml\n');
    });

    it('expose the API of the public service only', () => {
      const paths = filterByKind(documents, 'Ingress').flatMap(({ spec }) =>
        (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []),
      );
      expect(paths).toEqual([
        {
          path: '/api',
          pathType: 'Prefix',
          backend: { service: { name: entry, port: { name: 'http' } } },
        },
      ]);
      expect(filterByKind(documents, 'Ingress').map(({ spec }) => spec?.defaultBackend)).toEqual([undefined]);
      expect(new Set(filterByKind(documents, 'Service').map(({ spec }) => spec?.type))).toEqual(
        new Set([undefined]),
      );
    });

    it('allow only the connections that each edge needs', () => {
      const policies = filterByKind(documents, 'NetworkPolicy');
      expect(policies.find((policy) => toName(policy) === 'default-deny')?.spec).toEqual({
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
      });
      const outside = documents === production ? '10.20.0.0/24' : 'anybody';
      expect(listEdges(policies)).toEqual(findExpectedEdges(outside));
    });
  },
);

// #region part: flags
describe('the flags of the base', () => {
  it('equal deploy/flags/flags.json', () => {
    const flags = filterByKind(base, 'ConfigMap').find((map) => toName(map) === 'flags')?.data?.[
      'flags.json'
    ];
    const file = readFileSync(`${directory}../flags/flags.json`, 'utf8');
    expect(JSON.parse(flags ?? '')).toEqual(JSON.parse(file));
  });
});
// #endregion part: flags

describe.runIf(production)('production', () => {
  const documents = production ?? [];

  it('sends 10 % of the traces, and no metrics', () => {
    const data = filterByKind(documents, 'ConfigMap').find((map) =>
      toName(map).startsWith('settings-'),
    )?.data;
    expect(data).toMatchObject({
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    });
  });

  it('runs one version of the image, on at least three replicas', () => {
    const images = filterByKind(documents, 'Deployment').map(
      (deployment) => toPod(deployment).container.image,
    );
    expect(new Set(images)).toEqual(new Set([`registry.example/${platform.name}:0.1.0`]));
    const replicas = filterByKind(documents, 'HorizontalPodAutoscaler').map(({ spec }) => spec?.minReplicas);
    expect(replicas).toEqual(names.map(() => 3));
  });
});
