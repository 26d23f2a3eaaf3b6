import { isIPv6 } from 'node:net';
import { parseCommaList } from '@film-store/core';

export interface RedisNode {
  /** Name or address. An IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
}

/** Parses `host:port,[ipv6]:port,…`. Returns `undefined` if an entry is not valid. */
export function parseRedisNodes(list: string): RedisNode[] | undefined {
  const nodes = parseCommaList(list).map(parseNode);
  return nodes.every((node) => node !== undefined) ? nodes : undefined;
}

function parseNode(text: string): RedisNode | undefined {
  const { ipv6, name, port } =
    /^(?:\[(?<ipv6>.+)\]|(?<name>[^\s:[\]]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  const host = ipv6 ?? name;
  if (host === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined;
  return Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}
