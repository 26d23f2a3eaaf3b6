import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type ServiceList, filterNames } from '../../test/contract/service-lists/service-list.ts';
import { platform } from '../../platform.config.ts';
import { findCallers } from '../platform/derived.ts';
import { type Kind, directory, filterByKind, readBase, toName, toPod } from './documents.ts';

const read = (path: string): string => readFileSync(`${directory}${path}`, 'utf8');
const base = readBase();
/** Returns the names of the documents of a kind. */
const findNames = (kind: Kind): string[] => filterByKind(base, kind).map(toName);

const KINDS = [
  'ServiceAccount',
  'Service',
  'Deployment',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
] as const;

/** The places of the services in the Kubernetes manifests. */
export const kubernetesLists: readonly ServiceList[] = [
  ...KINDS.map((kind) => ({ name: `deploy/k8s/base, ${kind}`, read: () => findNames(kind) })),
  {
    name: 'deploy/k8s/base, NetworkPolicy',
    read: (services) => {
      const policies = findNames('NetworkPolicy');
      return filterNames(services, ({ name, calls, public: isPublic }) => {
        const isConnected = isPublic || Object.keys(calls).length + findCallers(platform, name).length > 0;
        return policies.includes(name) === isConnected;
      });
    },
  },
  {
    name: 'deploy/k8s/base/kustomization.yaml',
    read: (services) => {
      const { resources } = parse(read('base/kustomization.yaml')) as { resources: string[] };
      return filterNames(services, ({ name }) => resources.includes(`services/${name}.yaml`));
    },
  },
  {
    name: 'deploy/k8s/components/monitoring/pod-monitor.yaml',
    read: () => {
      const { spec } = parse(read('components/monitoring/pod-monitor.yaml')) as {
        spec: { selector: { matchLabels: Record<string, string> } };
      };
      const wanted = Object.entries(spec.selector.matchLabels);
      const selected = filterByKind(base, 'Deployment').filter((deployment) =>
        wanted.every(([key, value]) => toPod(deployment).labels[key] === value),
      );
      return selected.map(toName);
    },
  },
  {
    name: 'deploy/k8s/README.md, secrets',
    read: (services) =>
      filterNames(
        services,
        ({ name, stores }) =>
          (!stores.includes('database') && !stores.includes('redis')) ||
          read('README.md').includes(`create secret generic ${name} `),
      ),
  },
];
