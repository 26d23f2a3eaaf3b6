import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse, parseAllDocuments } from 'yaml';

interface Kinds {
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Namespace: INamespace;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  Service: IService;
  ServiceAccount: IServiceAccount;
}
export type Kind = keyof Kinds;
export type KubernetesDocument = Kinds[Kind];

export const directory = fileURLToPath(new URL('.', import.meta.url));

interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

/** The documents of the base as they are written, its ConfigMaps as kustomize would write them but for their hashes. */
export function readBase(): KubernetesDocument[] {
  const text = (path: string) => readFileSync(`${directory}base/${path}`, 'utf8');
  const { resources, configMapGenerator } = parse(text('kustomization.yaml')) as Kustomization;
  const generated = configMapGenerator.map(({ name, literals }): IConfigMap => {
    const data = Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s, 2)));
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
  });
  return [...resources.flatMap((path) => parseDocuments(text(path))), ...generated];
}

/** What kubectl makes of the production overlay; `undefined` where there is no kubectl. */
export function renderProduction(): KubernetesDocument[] | undefined {
  try {
    const rendered = execFileSync('kubectl', ['kustomize', `${directory}overlays/production`], {
      encoding: 'utf8',
    });
    return parseDocuments(rendered);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws Error at the first document that is no YAML */
function parseDocuments(text: string): KubernetesDocument[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as KubernetesDocument;
  });
}

export const ofKind = <K extends Kind>(documents: readonly KubernetesDocument[], kind: K): Kinds[K][] =>
  documents.filter((document) => document.kind === kind) as Kinds[K][];

export const nameOf = ({ metadata }: KubernetesDocument): string => metadata?.name ?? '';

/** A Deployment's template and the one container in it, which is all that a Deployment has here. */
export function podOf(deployment: IDeployment) {
  const template = deployment.spec!.template;
  const spec = template.spec!;
  if (spec.containers.length !== 1) throw new Error(`${nameOf(deployment)} has not one container`);
  return { labels: template.metadata?.labels ?? {}, spec, container: spec.containers[0]! };
}
