import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { toName } from './documents.ts';

const APP = 'app.kubernetes.io/name';
const NAMESPACE = 'kubernetes.io/metadata.name';

type Rule = NonNullable<NonNullable<INetworkPolicy['spec']>['egress']>[number];
type Peer = NonNullable<Rule['to']>[number];

/**
 * Lists the allowed connections as `gateway → catalog:3001`: `out` by the egress rules of the caller, `in` by the ingress rules
 * of the other side. A connection needs both. Outside peers are addresses or `anybody`; other namespaces have a `/`.
 */
export function listEdges(policies: readonly INetworkPolicy[]): {
  readonly out: readonly string[];
  readonly in: readonly string[];
} {
  const out: string[] = [];
  const into: string[] = [];
  for (const policy of policies) {
    const self = policy.spec?.podSelector?.matchLabels?.[APP] ?? 'everybody';
    for (const { to, ports = [] } of policy.spec?.egress ?? [])
      for (const peer of toPeerNames(to)) for (const { port } of ports) out.push(`${self} → ${peer}:${port}`);
    for (const { from, ports = [] } of policy.spec?.ingress ?? [])
      for (const peer of toPeerNames(from))
        for (const { port } of ports) into.push(`${peer} → ${self}:${port}`);
    if (ports(policy) === 0 && toName(policy) !== 'default-deny')
      throw new Error(`${toName(policy)} allows no port, or all ports`);
  }
  return { out: unique(out), in: unique(into) };
}

const ports = ({ spec }: INetworkPolicy): number =>
  [...(spec?.egress ?? []), ...(spec?.ingress ?? [])].reduce(
    (sum, rule) => sum + (rule.ports?.length ?? 0),
    0,
  );

const toPeerNames = (list: readonly Peer[] = []): string[] =>
  list.length === 0 ? ['anybody'] : list.map(peerName);

function peerName({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  if (ipBlock) return ipBlock.cidr;
  const namespace = namespaceSelector?.matchLabels?.[NAMESPACE];
  const pod = Object.values(podSelector?.matchLabels ?? {})[0];
  return namespace === undefined ? (pod ?? 'everybody') : `${namespace}/${pod ?? ''}`;
}

const unique = (edges: readonly string[]): string[] => [...new Set(edges)].toSorted();
