import { isIPv6 } from 'node:net';
import { parseCommaList } from '@film-store/core';

/** Parses `host:port,[ipv6]:port,…`. Hosts have no brackets. Returns `undefined` if an entry is not valid. */
export function parseRedisNodes(list: string) {
  const nodes = parseCommaList(list).map(parseNode);
  return nodes.every((node) => node !== undefined) ? nodes : undefined;
}

function parseNode(text: string) {
  const { ipv6, name, port } =
    /^(?:\[(?<ipv6>.+)\]|(?<name>[^\s:[\]]+)):(?<port>\d{1,5})$/.exec(text)?.groups ?? {};
  const host = ipv6 ?? name;
  if (host === undefined || (ipv6 !== undefined && !isIPv6(ipv6))) return undefined;
  return Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}
