import type { Platform } from '../../define-platform.ts';
import { type NamedService, toMemoryMiB } from '../../derived.ts';
import { GENERATED } from '../../generated-header.ts';
import { VOLUMES_MIB, renderVariables, renderVolumeMounts, renderVolumes } from './settings.ts';

/** Kubernetes ends a process that reaches its limit, so the limit is far above the memory under load. */
const LIMIT_FACTOR = 1.6;
const LIMIT_STEP_MIB = 32;
/** The kubelet keeps five log files of 10 MiB for a container, and counts them as its storage. */
const LOGS_MIB = 50;
/** During a rollout, old pods drain beside the new ones, so PostgreSQL has the connections of twice as many. */
const MAX_REPLICAS = { withDatabase: 4, others: 8 } as const;

/** Renders deploy/k8s/base/services/NAME.yaml: everything that one service needs, except for its network policy. */
export function renderServiceManifest(platform: Platform, service: NamedService): string {
  const { name, port } = service;
  const label = `app.kubernetes.io/name: ${name}`;
  const memory = toMemoryMiB(service);
  const limit = Math.ceil((memory * LIMIT_FACTOR) / LIMIT_STEP_MIB) * LIMIT_STEP_MIB;
  const storage = LOGS_MIB + VOLUMES_MIB.tmp + (service.stores.includes('files') ? VOLUMES_MIB.data : 0);
  const hasDatabase = service.stores.includes('database');
  return `# ${GENERATED} Changes by hand belong in overlays/.
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ${name}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels: { ${label} }
spec:
  selector: { ${label} }
  ports:
    - { name: http, port: ${port}, targetPort: http }
---
# The autoscaler sets the number of replicas.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: { ${label} }
spec:
  selector:
    matchLabels: { ${label} }
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  template:
    metadata:
      labels: { ${label}, app.kubernetes.io/part-of: ${platform.name} }
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false
      # Kubernetes adds variables for each Service (REDIS_PORT=tcp://…), which would be read as settings.
      enableServiceLinks: false
      # The sum of DRAIN_WAIT_MS, DRAIN_TIMEOUT_MS, 8 s to close and twice 3 s to flush telemetry and log, with a reserve.
      # No preStop hook, because the service continues for DRAIN_WAIT_MS after SIGTERM.
      terminationGracePeriodSeconds: 40
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        runAsGroup: 1000
        fsGroup: 1000
        seccompProfile: { type: RuntimeDefault }
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels: { ${label} }
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels: { ${label} }
      containers:
        - name: ${name}
          image: ${platform.name}
          args: [dist/apps/${name}/src/main.js]
          ports:
            - { name: http, containerPort: ${port} }
          envFrom:
            - configMapRef: { name: settings }
          env:
            - { name: PORT, value: '${port}' }
${indent(12, renderVariables(platform, service))}          startupProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 2
            failureThreshold: 30
          livenessProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet: { path: /health/ready, port: http }
            periodSeconds: 3
            timeoutSeconds: 2
            failureThreshold: 2
          # No CPU limit, because throttling in the middle of a request causes tail latency.
          resources:
            requests: { cpu: ${service.public ? '500m' : '250m'}, memory: ${memory}Mi, ephemeral-storage: ${storage}Mi }
            limits: { memory: ${limit}Mi, ephemeral-storage: ${2 * storage}Mi }
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
${indent(12, renderVolumeMounts(platform, service))}      volumes:
        - name: tmp
          emptyDir: { sizeLimit: ${VOLUMES_MIB.tmp}Mi }
${indent(8, renderVolumes(platform, service))}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: ${name}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  minReplicas: 2
${hasDatabase ? FEW_REPLICAS : ''}  maxReplicas: ${hasDatabase ? MAX_REPLICAS.withDatabase : MAX_REPLICAS.others}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: 70 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: ${name}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: { ${label} }
`;
}

const FEW_REPLICAS = `  # A pod has 11 connections, and 12 with a bulkhead for searches. A rollout has twice as many pods. PostgreSQL has 100
  # connections by default, 3 of them for superusers.
`;

const indent = (blanks: number, lines: readonly string[]): string =>
  lines.map((line) => `${' '.repeat(blanks)}${line}\n`).join('');
