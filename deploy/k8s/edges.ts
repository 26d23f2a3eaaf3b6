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
    const selected = toSelectedNames(policy);
    for (const { to, ports = [] } of policy.spec?.egress ?? [])
      for (const peer of toPeerNames(to))
        for (const { port } of ports) out.push(...selected.map((self) => `${self} → ${peer}:${port}`));
    for (const { from, ports = [] } of policy.spec?.ingress ?? [])
      for (const peer of toPeerNames(from))
        for (const { port } of ports) into.push(...selected.map((self) => `${peer} → ${self}:${port}`));
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

/** Returns the services whose pods a policy selects. @throws Error for a selector other than by name */
function toSelectedNames(policy: INetworkPolicy): string[] {
  const { matchLabels = {}, matchExpressions = [] } = policy.spec?.podSelector ?? {};
  const name = matchLabels[APP];
  if (matchExpressions.length === 0) return [name ?? 'everybody'];
  const [{ key, operator, values = [] }] = matchExpressions as [(typeof matchExpressions)[number]];
  if (key !== APP || operator !== 'In')
    throw new Error(`${toName(policy)} selects pods by ${key} ${operator}`);
  return values;
}

const toPeerNames = (list: readonly Peer[] = []): string[] =>
  list.length === 0 ? ['anybody'] : list.map(peerName);

function peerName({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  if (ipBlock) return ipBlock.cidr;
  const namespace = namespaceSelector?.matchLabels?.[NAMESPACE];
  const pod = Object.values(podSelector?.matchLabels ?? {})[0];
  return namespace === undefined ? (pod ?? 'everybody') : `${namespace}/${pod ?? ''}`;
}

const unique = (edges: readonly string[]): string[] => [...new Set(edges)].toSorted();
