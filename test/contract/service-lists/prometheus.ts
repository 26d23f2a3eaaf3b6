import { parse } from 'yaml';
import { toReplicas } from '../../../deploy/platform/derived.ts';
import { type ServiceList, filterNames, readText } from './service-list.ts';

interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: { readonly service: string };
}

/** Returns the services of the targets in a file, each as `SERVICE HOST:PORT`. */
const readTargets = (path: string): string[] =>
  (parse(readText(path)) as TargetGroup[]).flatMap(({ targets, labels }) =>
    targets.map((target) => `${labels.service} ${target}`),
  );

const DEMO = 'deploy/prometheus/targets.yml';
const COMPOSE = 'deploy/prometheus/targets.compose.yml';

/** The targets of Prometheus. */
export const prometheusLists: readonly ServiceList[] = [
  {
    name: DEMO,
    read: (services) =>
      filterNames(services, ({ name, port }) => readTargets(DEMO).includes(`${name} localhost:${port}`)),
  },
  {
    name: COMPOSE,
    read: (services) =>
      filterNames(services, (service) =>
        toReplicas(service).every((host) =>
          readTargets(COMPOSE).includes(`${service.name} ${host}:${service.port}`),
        ),
      ),
  },
  ...[DEMO, COMPOSE].map((path) => ({
    name: `${path}, labels`,
    read: () => readTargets(path).map((target) => target.split(' ')[0]!),
  })),
];
