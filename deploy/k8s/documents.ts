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

/** Reads the documents of the base. ConfigMaps are as kustomize writes them, without the hashes in their names. */
export function readBase(): KubernetesDocument[] {
  const text = (path: string) => readFileSync(`${directory}base/${path}`, 'utf8');
  const { resources, configMapGenerator } = parse(text('kustomization.yaml')) as Kustomization;
  const generated = configMapGenerator.map(({ name, literals }): IConfigMap => {
    const data = Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s, 2)));
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
  });
  return [...resources.flatMap((path) => parseDocuments(text(path))), ...generated];
}

/** Renders the production overlay with kubectl. Returns `undefined` without kubectl. */
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

/** @throws Error at the first document that is not valid YAML */
function parseDocuments(text: string): KubernetesDocument[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as KubernetesDocument;
  });
}

export const filterByKind = <K extends Kind>(documents: readonly KubernetesDocument[], kind: K): Kinds[K][] =>
  documents.filter((document) => document.kind === kind) as Kinds[K][];

export const toName = ({ metadata }: KubernetesDocument): string => metadata?.name ?? '';

/** Returns the template of a Deployment and its only container. */
export function toPod(deployment: IDeployment) {
  const template = deployment.spec!.template;
  const spec = template.spec!;
  if (spec.containers.length !== 1) throw new Error(`${toName(deployment)} has not one container`);
  return { labels: template.metadata?.labels ?? {}, spec, container: spec.containers[0]! };
}
